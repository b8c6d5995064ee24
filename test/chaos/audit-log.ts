/** The audit log of the private cluster's API server: what was asked of it about pods and nodes, by whom. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { environment } from '../support/test-environment.ts';

/** One request that the API server granted. Instants are epoch milliseconds. */
export interface AuditEvent {
  readonly receivedAt: number;
  readonly answeredAt: number;
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly name: string;
  /** The program that asked. */
  readonly agent: string;
  readonly body: AuditBody | undefined;
}

/** What the bodies of pods, bindings and deletions have in common. */
export interface AuditBody {
  readonly metadata?: { readonly uid?: string; readonly [member: string]: unknown };
  readonly preconditions?: { readonly uid?: string };
  readonly gracePeriodSeconds?: number;
  readonly target?: { readonly name?: string };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: AuditStatus;
}

/** The part of a status that a kubelet's patch carries. */
export interface AuditStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly initContainerStatuses?: readonly AuditContainer[];
  readonly containerStatuses?: readonly AuditContainer[];
}

/** One container in it; members of `state` that are gone are null. */
export interface AuditContainer {
  readonly name: string;
  readonly state?: Readonly<
    Record<string, { readonly startedAt?: string; readonly exitCode?: number } | null>
  >;
}

interface Line {
  readonly verb: string;
  readonly userAgent?: string;
  readonly objectRef: {
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
  readonly requestObject?: AuditBody;
}

/** All granted requests about the pods of a namespace and about nodes, in the order of their answers. */
export async function readAuditLog(namespace: string): Promise<readonly AuditEvent[]> {
  const folder = join(environment('STATE_DIR'), 'logs');
  const files = (await readdir(folder)).filter((name) => /^audit.*\.log$/.test(name));
  const events: AuditEvent[] = [];
  for (const file of files) await readFile(join(folder, file), namespace, events);
  return events.sort((a, b) => a.answeredAt - b.answeredAt);
}

async function readFile(file: string, namespace: string, events: AuditEvent[]): Promise<void> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  for await (const text of lines) {
    // Most lines are about other namespaces: parsing them would cost the most.
    if (!text.includes(`"namespace":"${namespace}"`) && !text.includes('"resource":"nodes"')) {
      continue;
    }
    const event = toEvent(JSON.parse(text) as Line, namespace);
    if (event !== undefined) events.push(event);
  }
}

function toEvent(line: Line, namespace: string): AuditEvent | undefined {
  const { objectRef, responseStatus } = line;
  const isPod = objectRef.resource === 'pods' && objectRef.namespace === namespace;
  if (!isPod && objectRef.resource !== 'nodes') return undefined;
  if ((responseStatus?.code ?? 500) >= 300) return undefined;
  return {
    receivedAt: Date.parse(line.requestReceivedTimestamp),
    answeredAt: Date.parse(line.stageTimestamp),
    verb: line.verb,
    resource: objectRef.resource,
    subresource: objectRef.subresource,
    name: objectRef.name ?? '',
    agent: (line.userAgent ?? '').split('/')[0] ?? '',
    body: line.requestObject,
  };
}
