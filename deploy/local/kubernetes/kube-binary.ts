import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';

import { runCommand } from '../command.ts';
import { cacheDirectory, shortHash } from '../directories.ts';
import { findOnPath } from '../find-on-path.ts';
import { LocalError } from '../local-error.ts';

const SOURCE = path.join(import.meta.dirname, 'kube');
const VERSION_PACKAGE = 'k8s.io/component-base/version';
/** Build cache 3.7 GB, modules 0.8 GB, the program 0.15 GB: measured, with room. */
const NEEDED_GIGABYTES = 6;
/** Packages that an empty build cache has to compile (measured). */
const PACKAGES = 2816;

/** The `kube` program, compiled once per user and version of its sources. */
export async function findKube(note: (text: string) => void): Promise<string> {
  const target = binaryPath();
  if (!existsSync(target)) await compile(target, note);
  return target;
}

/** Throws the sentence for a machine that has to compile `kube` and has no Go. */
export function requireCompiler(): void {
  if (existsSync(binaryPath()) || findOnPath('go') !== undefined) return;
  throw new LocalError(
    'Go is not on the PATH, and the private cluster is compiled with it (once): install Go 1.26 or newer (go.dev/dl), or name an existing cluster with --context.',
  );
}

/** The Kubernetes version that go.mod names, such as `v1.36.3`. */
function kubernetesVersion(): string {
  const found = /^\s*k8s\.io\/kubernetes (v[\d.]+)$/m.exec(
    readFileSync(path.join(SOURCE, 'go.mod'), 'utf8'),
  );
  if (found?.[1] === undefined)
    throw new Error('go.mod of kube names no version of k8s.io/kubernetes');
  return found[1];
}

function binaryPath(): string {
  const sources = ['go.mod', 'go.sum', 'main.go'].map((name) =>
    readFileSync(path.join(SOURCE, name)),
  );
  const hash = shortHash(Buffer.concat([...sources, Buffer.from(process.arch)]), 16);
  return path.join(cacheDirectory(), `kube-${kubernetesVersion()}-${hash}`);
}

async function compile(target: string, note: (text: string) => void): Promise<void> {
  requireCompiler();
  const version = kubernetesVersion();
  mkdirSync(path.dirname(target), { recursive: true });
  await requireSpace();
  note(
    `compiling Kubernetes ${version} from its Go modules (once per user; 5 to 15 minutes on 2 cores, seconds with a warm build cache)`,
  );
  await runCommand('go', ['mod', 'download'], { cwd: SOURCE });
  const partial = `${target}.${process.pid}`;
  let compiled = 0;
  try {
    await runCommand(
      'go',
      [
        'build',
        '-v',
        '-trimpath',
        '-buildvcs=false',
        '-ldflags',
        linkerFlags(version),
        '-o',
        partial,
        '.',
      ],
      {
        cwd: SOURCE,
        env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
        onLine: () => {
          compiled += 1;
          note(`compiled ${compiled} of about ${PACKAGES} packages`);
        },
      },
    );
    renameSync(partial, target);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Without the stamp the programs call themselves v0.0.0, which version checks between them take for the truth. */
function linkerFlags(version: string): string {
  const [major = '', minor = ''] = version.slice(1).split('.');
  const stamps = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
    gitCommit: 'modules',
    buildDate: '1970-01-01T00:00:00Z',
  };
  const flags = Object.entries(stamps).map(
    ([name, value]) => `-X ${VERSION_PACKAGE}.${name}=${value}`,
  );
  return ['-s', '-w', ...flags].join(' ');
}

async function requireSpace(): Promise<void> {
  const goCache = (await runCommand('go', ['env', 'GOCACHE'])).trim();
  for (const directory of [cacheDirectory(), goCache]) {
    mkdirSync(directory, { recursive: true });
    const { bavail, bsize } = statfsSync(directory);
    const free = (bavail * bsize) / 1e9;
    if (free < NEEDED_GIGABYTES) {
      throw new LocalError(
        `Compiling the private cluster needs ${NEEDED_GIGABYTES} GB of disk, and ${directory} has ${free.toFixed(1)} GB free: make room, or set XDG_CACHE_HOME and GOCACHE to a larger disk.`,
      );
    }
  }
}
