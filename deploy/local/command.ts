import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { currentInterruption } from './interruption.ts';

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Given to the command's standard input. */
  input?: string | Buffer;
  /** Called with each line of standard error while the command runs. */
  onLine?: (line: string) => void;
  /** True for a command that must not be cut off in the middle (a package installation): Ctrl-C waits for it. */
  isWhole?: boolean;
}

/** A command that ended badly, with the last lines it wrote to standard error. */
class CommandError extends Error {
  override name = 'CommandError';
}

const KEPT_LINES = 12;

/** Runs a command to its end and returns its standard output; a bad end throws `CommandError`. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  currentInterruption()?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    // A process group of its own, so that Ctrl-C in the terminal does not reach it past us.
    detached: true,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const interrupt = (): void => {
    endGroup(child);
  };
  if (options.isWhole !== true) currentInterruption()?.addEventListener('abort', interrupt);
  const output: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
  const lastLines = collectLines(child, options.onLine);
  // A command that ends early closes its input: its exit status tells more than the broken pipe.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input);
  const ended = await endOf(child, options.isWhole === true ? undefined : currentInterruption());
  currentInterruption()?.throwIfAborted();
  if (ended !== '') {
    throw new CommandError(
      `\`${[command, ...args].join(' ')}\` failed (${ended}): ${lastLines.join('\n')}`,
    );
  }
  return Buffer.concat(output).toString();
}

/** The last lines of standard error, growing while the command runs. */
function collectLines(child: ChildProcess, onLine: CommandOptions['onLine']): string[] {
  const lastLines: string[] = [];
  const lines = child.stderr === null ? undefined : createInterface({ input: child.stderr });
  lines?.on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > KEPT_LINES) lastLines.shift();
    onLine?.(line);
  });
  return lastLines;
}

/** How the command ended: nothing to say when it ended well. */
async function endOf(child: ChildProcess, interruption: AbortSignal | undefined): Promise<string> {
  const interrupt = (): void => {
    endGroup(child);
  };
  interruption?.addEventListener('abort', interrupt);
  try {
    return await new Promise<string>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        resolve(code === 0 ? '' : (signal ?? `exit status ${code ?? 'unknown'}`));
      });
    });
  } finally {
    interruption?.removeEventListener('abort', interrupt);
  }
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It ended in this very moment.
  }
}
