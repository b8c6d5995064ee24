/** Runs a command line to its end. */
import type { Command } from 'commander';

const UNDEFINED_TABLE = '42P01';

/** Parses the arguments and does what they say; a failure is one sentence on standard error and exit code 1. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    console.error(sentenceOf(error));
    process.exitCode = 1;
  }
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === UNDEFINED_TABLE) {
    return 'The database has no tables of this version; run `orrery migrate`, or correct ORRERY_POSTGRES_URL.';
  }
  if (error.name !== 'TransientError') return error.message;
  return `${error.message} Nothing more is done; repeat the command once all engines answer.`;
}
