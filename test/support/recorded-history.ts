/** Recorded histories as files: free of everything that tells of the machine they were made on. */
import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';

import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';

import type { RecordedRun } from '../../src/temporal/replay.ts';

/** JSON as it comes from a file. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

interface JsonObject {
  [key: string]: Json;
}

/** Where the files lie, one for each scenario and version. */
const HISTORIES = path.join(import.meta.dirname, '../replay/histories');

const ROOT = path.join(import.meta.dirname, '../..');
const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g;

/** Members that say who did something and by which build; a replay does not look at their values. */
const NEUTRAL: Readonly<Record<string, string>> = {
  identity: 'worker',
  buildId: 'build',
  stackTrace: '',
};

/** The history without identities, builds, task queues, host names, addresses and paths of the machine. */
export function redactHistory(value: Json, key = ''): Json {
  if (Array.isArray(value)) return value.map((item) => redactHistory(item));
  if (typeof value === 'string') return redactText(value, key);
  if (typeof value !== 'object' || value === null) return value;
  if (key === 'taskQueue') return redactTaskQueue(value);
  const members = Object.entries(value).map(([name, member]) => {
    const isPayload = name === 'data' && 'metadata' in value && typeof member === 'string';
    return [name, isPayload ? redactPayload(member) : redactHistory(member, name)];
  });
  return Object.fromEntries(members) as Json;
}

function redactText(text: string, key: string): string {
  return (
    NEUTRAL[key] ??
    text
      .replaceAll(ROOT, '/orrery')
      .replaceAll(`@${hostname()}`, '@worker')
      .replaceAll(ADDRESS, '192.0.2.1')
  );
}

function redactPayload(data: string): string {
  const text = Buffer.from(data, 'base64').toString();
  return Buffer.from(redactText(text, '')).toString('base64');
}

/** A sticky queue is named after a worker's process, a normal one after an installation. */
function redactTaskQueue(queue: JsonObject): Json {
  return {
    ...queue,
    name: 'normalName' in queue ? 'worker' : 'orrery',
    ...('normalName' in queue && { normalName: 'orrery' }),
  };
}

/** The file of a scenario as this version recorded it. */
export function historyFile(scenario: string, version: string): string {
  return path.join(HISTORIES, `run-task.${scenario}.v${version}.json`);
}

/** The JSON of every recorded history, by file name without its ending. */
export function readHistories(): Map<string, Json> {
  const files = readdirSync(HISTORIES).filter((name) => name.endsWith('.json'));
  return new Map(
    files.toSorted().map((name) => {
      const text = readFileSync(path.join(HISTORIES, name), 'utf8');
      return [path.basename(name, '.json'), JSON.parse(text) as Json];
    }),
  );
}

/** A history of JSON, ready to be replayed; its workflow id is in its first event. */
export function toRecordedRun(json: Json): RecordedRun {
  const history = historyFromJSON(json);
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  if (!started?.workflowId) throw new Error('a history begins with the start of its workflow');
  return { workflowId: started.workflowId, history };
}
