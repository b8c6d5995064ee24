/** What the harness did, and when: to be read beside the story of a task. */

/** One action. Instants are epoch milliseconds. */
export interface Entry {
  readonly at: number;
  /** When it was healed; equal to `at` for what is over at once. */
  until: number;
  readonly action: string;
  readonly target: string;
  readonly detail: string;
  /** The task it was aimed at, if it was aimed at one. */
  readonly taskId?: string;
}

/** All actions of a run. */
export interface Journal {
  note(entry: Omit<Entry, 'at' | 'until'>): Entry;
  entries(): readonly Entry[];
  /** Those that were in force at some time of an interval. */
  during(from: number, to: number): readonly Entry[];
}

/** An empty journal. */
export function createJournal(): Journal {
  const entries: Entry[] = [];
  return {
    note(entry) {
      const noted = { ...entry, at: Date.now(), until: Date.now() };
      entries.push(noted);
      return noted;
    },
    entries: () => entries,
    during: (from, to) => entries.filter(({ at, until }) => until >= from && at <= to),
  };
}
