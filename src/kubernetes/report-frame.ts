/** Finds the report of `outputs` in its container's log. */
import { createHash } from 'node:crypto';

import type { Report } from '../tes/report.ts';

const HEAD = /^orrery-report 1 (\d{1,10}) ([0-9a-f]{64})$/;

/**
 * The last whole report in a log; undefined when there is none, or when length or checksum do not fit.
 * The checksum makes a cut or mixed-up log a lost report instead of a wrong one.
 */
export function findReport(log: string): Report | undefined {
  const lines = log.split('\n');
  for (let at = lines.length - 2; at >= 0; at--) {
    const head = HEAD.exec(lines[at] ?? '');
    const report = head && parseFramed(head, lines[at + 1] ?? '');
    if (report) return report;
  }
  return undefined;
}

function parseFramed(head: RegExpExecArray, line: string): Report | undefined {
  const bytes = Buffer.from(line, 'utf8');
  const sum = createHash('sha256').update(bytes).digest('hex');
  if (bytes.length !== Number(head[1]) || sum !== head[2]) return undefined;
  const report = parseJson(line);
  return isReport(report) ? report : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is framed and checked comes from our shim; the version alone says whether it can be read. */
function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1;
}
