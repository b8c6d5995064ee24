import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { parseAuditLine, readAuditLog } from '../../../deploy/local/kubernetes/audit-log.ts';
import { makeTempFolder } from './temp-folder.ts';

let folder: string;

beforeEach(() => {
  folder = makeTempFolder();
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const aLine = (name: string, more: object = {}): string =>
  JSON.stringify({
    verb: 'patch',
    user: { username: 'admin' },
    userAgent: 'orrery',
    objectRef: { resource: 'pods', namespace: 'tasks', name },
    responseStatus: { code: 200 },
    requestObject: { metadata: { uid: 'u' } },
    stageTimestamp: '2026-11-21T15:00:00.250000Z',
    ...more,
  });

describe('parseAuditLine', () => {
  it('keeps what a witness needs', () => {
    expect(parseAuditLine(aLine('p'))).toEqual({
      at: Date.parse('2026-11-21T15:00:00.250Z'),
      ...{ verb: 'patch', user: 'admin', userAgent: 'orrery' },
      ...{ resource: 'pods', subresource: '', namespace: 'tasks', name: 'p', uid: 'u', code: 200 },
      body: { metadata: { uid: 'u' } },
    });
  });

  it('finds the uid of a delete in its precondition', () => {
    const line = aLine('p', { verb: 'delete', requestObject: { preconditions: { uid: 'v' } } });
    expect(parseAuditLine(line)).toMatchObject({ verb: 'delete', uid: 'v' });
  });
});

describe('readAuditLog', () => {
  it('reads older parts before the newest one and leaves out a line that is cut off', async () => {
    const file = path.join(folder, 'audit.log');
    writeFileSync(file, `${aLine('third')}\n${aLine('fourth').slice(0, 50)}`);
    writeFileSync(path.join(folder, 'audit-2026-11-21T15-00-00.000.log'), `${aLine('second')}\n`);
    writeFileSync(path.join(folder, 'audit-2026-11-21T14-00-00.000.log'), `${aLine('first')}\n`);
    const names: string[] = [];
    for await (const { name } of readAuditLog(file)) names.push(name);
    expect(names).toEqual(['first', 'second', 'third']);
  });
});
