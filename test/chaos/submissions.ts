/** What was asked of the API, and what it accepted: the only list of tasks that counts. */
import type { Fate } from './fates.ts';

/** One accepted task. Instants are epoch milliseconds. */
export interface Submission {
  readonly id: string;
  readonly serial: number;
  readonly fate: Fate;
  readonly acceptedAt: number;
  /** When a cancel was first sent; its answer may have been lost. */
  cancelSentAt?: number;
  /** When a cancel was answered with 200. */
  cancelTakenAt?: number;
  /** How often an action may have spoiled an attempt, as far as was known when it was chosen. */
  spoiled: number;
  /** The uids of its pods that were taken away by hand. */
  readonly takenPods: Set<string>;
}

/** Accepted tasks by id. */
export interface Submissions {
  add(submission: Submission): void;
  get(id: string): Submission | undefined;
  all(): readonly Submission[];
}

/** An empty list. */
export function createSubmissions(): Submissions {
  const byId = new Map<string, Submission>();
  return {
    add(submission) {
      byId.set(submission.id, submission);
    },
    get: (id) => byId.get(id),
    all: () => [...byId.values()],
  };
}
