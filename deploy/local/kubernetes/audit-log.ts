/** Reads what the API server of the private cluster has written down (see audit-policy.yaml). */
import { createReadStream, readdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

import type { State } from '../state.ts';

/** One answered request. Times are milliseconds since 1970, of the API server's clock, when it had answered. */
export interface AuditEvent {
  readonly at: number;
  readonly verb: string;
  readonly user: string;
  readonly userAgent: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Where the request named it. */
  readonly uid?: string;
  readonly code: number;
  /** What was sent; absent for creates and for Secrets. */
  readonly body: unknown;
}

interface Line {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestObject?: unknown;
  readonly stageTimestamp: string;
}

/** Where the API server of this environment writes; older parts lie beside it. */
export function auditLogOf(state: State): string {
  return state.path('logs', 'audit.log');
}

/**
 * The events of a log and of its older parts, oldest first, one at a time: the log may be larger than the memory.
 * A line that a killed API server has not finished is left out.
 */
export async function* readAuditLog(file: string): AsyncGenerator<AuditEvent> {
  for (const part of partsOf(file)) {
    for await (const line of createInterface({ input: createReadStream(part) })) {
      const event = parseAuditLine(line);
      if (event !== undefined) yield event;
    }
  }
}

/** One line of the log, or undefined for one that is not whole. */
export function parseAuditLine(text: string): AuditEvent | undefined {
  const line = parse(text);
  if (line === undefined) return undefined;
  const { resource = '', subresource = '', namespace = '', name = '', uid } = line.objectRef ?? {};
  return {
    at: Date.parse(line.stageTimestamp),
    verb: line.verb,
    user: line.user.username,
    userAgent: line.userAgent ?? '',
    ...{ resource, subresource, namespace, name },
    ...withUid(uid ?? uidIn(line.requestObject)),
    code: line.responseStatus?.code ?? 0,
    body: line.requestObject,
  };
}

function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

const withUid = (uid: string | undefined): { uid?: string } => (uid === undefined ? {} : { uid });

/** Patches carry the uid as part of the object, deletes as a precondition. */
function uidIn(body: unknown): string | undefined {
  const { metadata, preconditions } = (body ?? {}) as {
    metadata?: { uid?: string };
    preconditions?: { uid?: string };
  };
  return metadata?.uid ?? preconditions?.uid;
}

/** The API server names the older parts by the time at which it put them away. */
function partsOf(file: string): string[] {
  const { dir, name, ext } = path.parse(file);
  const older = readdirSync(dir).filter((one) => one.startsWith(`${name}-`) && one.endsWith(ext));
  return [...older.sort(), path.basename(file)].map((one) => path.join(dir, one));
}
