export interface Progress {
  /** Runs one step; a line tells its end and what it cost, and a line before that when it takes long. */
  step<T>(title: string, work: (note: (text: string) => void) => Promise<T>): Promise<T>;
  /** One line of its own. */
  say(line: string): void;
}

const LONG_MS = 3000;
const NOTE_INTERVAL_MS = 10_000;

/** Progress as plain lines, which read the same in a terminal, a log file and a CI page. */
export function createProgress(write: (line: string) => void = writeToStderr): Progress {
  return {
    say: write,
    async step(title, work) {
      const begun = performance.now();
      let said = 0;
      const slow = setTimeout(() => {
        write(`  … ${title}`);
      }, LONG_MS);
      try {
        return await work((text) => {
          if (performance.now() - said < NOTE_INTERVAL_MS && said > 0) return;
          said = performance.now();
          write(`    ${title}: ${text}`);
        });
      } finally {
        clearTimeout(slow);
        write(`  ${title} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
      }
    },
  };
}

function writeToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
