/** The `kwok` program, compiled once per user and version. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

import { runCommand } from '../command.ts';
import { cacheDirectory, shortHash } from '../directories.ts';
import { findOnPath } from '../find-on-path.ts';
import { LocalError } from '../local-error.ts';
import { withLock } from '../lock.ts';

const SOURCE = path.join(import.meta.dirname, 'kwok');
const PROGRAM = 'sigs.k8s.io/kwok/cmd/kwok';

/** The path of the program, which is compiled when this user has none of this version yet. */
export async function findKwok(note: (text: string) => void): Promise<string> {
  return withLock(path.join(cacheDirectory(), 'kwok.lock'), async () => {
    const target = binaryPath();
    if (!existsSync(target)) await compile(target, note);
    return target;
  });
}

function binaryPath(): string {
  const sources = ['go.mod', 'go.sum'].map((name) => readFileSync(path.join(SOURCE, name)));
  const hash = shortHash(Buffer.concat([...sources, Buffer.from(process.arch)]), 16);
  return path.join(cacheDirectory(), `kwok-${kwokVersion()}-${hash}`);
}

/** The version that go.mod names, such as `v0.8.0`. */
function kwokVersion(): string {
  const modules = readFileSync(path.join(SOURCE, 'go.mod'), 'utf8');
  const found = /^\s*sigs\.k8s\.io\/kwok (v[\d.]+)/m.exec(modules)?.[1];
  if (found === undefined) throw new Error('go.mod of kwok names no version of sigs.k8s.io/kwok');
  return found;
}

async function compile(target: string, note: (text: string) => void): Promise<void> {
  if (findOnPath('go') === undefined) {
    throw new LocalError(
      'Go is not on the PATH, and the simulated nodes are compiled with it (once): install Go 1.26 or newer (go.dev/dl).',
    );
  }
  note(`compiling KWOK ${kwokVersion()} from its Go modules (once per user; about 2 minutes)`);
  mkdirSync(path.dirname(target), { recursive: true });
  const partial = `${target}.${process.pid}`;
  const flags = ['-trimpath', '-buildvcs=false', '-ldflags', '-s -w'];
  try {
    await runCommand('go', ['build', ...flags, '-o', partial, PROGRAM], {
      cwd: SOURCE,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
    });
    renameSync(partial, target);
  } finally {
    rmSync(partial, { force: true });
  }
}
