/** How much of a core each process uses, from /proc. */
import { readFileSync } from 'node:fs';

/** The shares of one process in one interval; 1 is one core. */
export interface Share {
  readonly name: string;
  readonly mean: number;
  /** The highest mean over ten seconds in a row. */
  readonly peak: number;
}

/** A running look. */
export interface ProcessorTime {
  /** Ends it. */
  stop(): readonly Share[];
}

/** A process by name; the pid as it is now. */
export interface Watched {
  readonly name: string;
  readonly pid: () => number | undefined;
}

const EVERY_MS = 1_000;
const WINDOW = 10;
const TICKS_PER_SECOND = 100;

/** Looks each second until it is stopped. A process that lives no longer counts as idle. */
export function watchProcessorTime(processes: readonly Watched[]): ProcessorTime {
  const samples = processes.map((watched) => ({
    watched,
    at: [Date.now()],
    used: [usedBy(watched)],
  }));
  const timer = setInterval(() => {
    for (const { watched, at, used } of samples) {
      at.push(Date.now());
      used.push(usedBy(watched));
    }
  }, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return samples.map(({ watched, at, used }) => {
        const share = (from: number, to: number): number => {
          const ms = (at[to] ?? 0) - (at[from] ?? 0);
          return ms <= 0 ? 0 : (((used[to] ?? 0) - (used[from] ?? 0)) * 1000) / ms;
        };
        const last = used.length - 1;
        const windows = used.slice(WINDOW).map((_, index) => share(index, index + WINDOW));
        return { name: watched.name, mean: share(0, last), peak: Math.max(0, ...windows) };
      });
    },
  };
}

/** Seconds of a core so far. */
function usedBy({ pid }: Watched): number {
  try {
    const text = readFileSync(`/proc/${pid() ?? 0}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}
