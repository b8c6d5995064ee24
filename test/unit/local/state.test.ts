import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { withLock } from '../../../deploy/local/lock.ts';
import { isRunning, recordProcess } from '../../../deploy/local/process-record.ts';
import { assignPort, openState } from '../../../deploy/local/state.ts';
import { makeTempFolder } from './temp-folder.ts';

let folder: string;

beforeEach(() => {
  folder = makeTempFolder();
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the state of an environment', () => {
  it('is shared by everybody who opened its directory', () => {
    const [one, other] = [openState(folder), openState(folder)];
    one.update((file) => {
      file.network = '10.200.0';
    });

    expect(other.file.network).toBe('10.200.0');
    expect(other.id).toBe(one.id);
  });

  it.each(['', '{', '{"version":2}'])('begins anew when its file says %j', (content) => {
    writeFileSync(path.join(folder, 'state.json'), content);

    expect(openState(folder).file).toEqual({ version: 1, ports: {}, processes: {} });
  });

  it('is read by its owner only', () => {
    openState(folder).update(() => undefined);

    expect(statSync(path.join(folder, 'state.json')).mode & 0o777).toBe(0o600);
  });

  it('remembers a port, and gives no port twice', async () => {
    const state = openState(folder);
    const postgres = await assignPort(state, 'postgres');
    state.update((file) => {
      file.ports['temporal'] = postgres;
    });
    const temporal = await assignPort(state, 'temporal');

    expect(temporal).not.toBe(postgres);
    expect(await assignPort(state, 'postgres')).toBe(postgres);
  });
});

describe('the record of a process', () => {
  it('names a running one', () => {
    expect(isRunning(recordProcess(process.pid))).toBe(true);
  });

  it('does not name a later process with the same number', () => {
    expect(isRunning({ pid: process.pid, started: 'another boot:1' })).toBe(false);
  });
});

describe('a lock', () => {
  it('lets one in at a time', async () => {
    const lock = path.join(folder, 'lock');
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    };
    await Promise.all([withLock(lock, work), withLock(lock, work), withLock(lock, work)]);

    expect(most).toBe(1);
  });

  it('is taken from a holder that died', async () => {
    const lock = path.join(folder, 'lock');
    writeFileSync(lock, JSON.stringify({ pid: process.pid, started: 'another boot:1' }));

    expect(await withLock(lock, async () => Promise.resolve(readFileSync(lock, 'utf8')))).toBe(
      JSON.stringify(recordProcess(process.pid)),
    );
  });
});
