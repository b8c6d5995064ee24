import {
  chmodSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { shortHash } from './directories.ts';
import { freePort } from './free-port.ts';
import { LocalError } from './local-error.ts';
import type { ProcessRecord } from './process-record.ts';

export type ProcessName = 'postgres' | 'temporal' | 'cluster' | 'serve';

export interface StateFile {
  version: 1;
  ports: Record<string, number>;
  processes: Partial<Record<ProcessName, ProcessRecord>>;
  /** The first three numbers of the pods' network, such as `10.213.7`. */
  network?: string;
  /** True when IP forwarding was off before this environment's bridge came. */
  forwardingWasOff?: boolean;
  /** Archive of each image that the cluster holds, by name: a new archive under the same name is loaded again. */
  loadedImages?: Record<string, string>;
  /** True after `npm test -- --keep`: nobody stops it on leaving. */
  kept?: boolean;
  /** The context of the user's kubeconfig in use; absent: the private cluster. */
  context?: string;
}

export interface State {
  directory: string;
  /** Names what this environment owns outside its directory: bridge, cgroup, volumes. */
  id: string;
  /** What the file says now: another process may have changed it. */
  readonly file: StateFile;
  /** Changes the file and writes it at once, whole or not at all. */
  update(change: (file: StateFile) => void): void;
  /** A path below the directory. */
  path(...parts: string[]): string;
}

/** Opens a state directory, made when absent. A file that cannot be read counts as none: everything in it can be found anew. */
export function openState(directory: string): State {
  try {
    mkdirSync(path.join(directory, 'logs'), { recursive: true, mode: 0o711 });
  } catch (cause) {
    throw new LocalError(
      `The state directory ${directory} cannot be made: choose another with --state.`,
      { cause },
    );
  }
  // Postgres runs as another user when we are root and has to pass through.
  chmodSync(directory, 0o711);
  const real = realpathSync(directory);
  const name = path.join(real, 'state.json');
  return {
    directory: real,
    id: shortHash(real),
    get file() {
      return readState(name);
    },
    update: (change) => {
      const file = readState(name);
      change(file);
      writeState(name, file);
    },
    path: (...parts) => path.join(real, ...parts),
  };
}

/** The port remembered under this name while it is free, else a free one, remembered from now on. */
export async function assignPort(state: State, name: string): Promise<number> {
  const isTaken = (port: number): boolean =>
    Object.entries(state.file.ports).some(([other, used]) => other !== name && used === port);
  let port = await freePort(state.file.ports[name]);
  while (isTaken(port)) port = await freePort();
  state.update((file) => {
    file.ports[name] = port;
  });
  return port;
}

function readState(file: string): StateFile {
  try {
    const parsed = JSON.parse(readFileSync(file, 'utf8')) as Partial<StateFile>;
    if (parsed.version === 1) return { ports: {}, processes: {}, ...parsed, version: 1 };
  } catch {
    // Absent or torn: see openState.
  }
  return { version: 1, ports: {}, processes: {} };
}

function writeState(file: string, content: StateFile): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
