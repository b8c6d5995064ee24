/** Reads the report of `outputs` from its log. */
import type { Report } from '../tes/report.ts';
import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-error.ts';
import { OUTPUTS } from './pod/names.ts';
import { REPORT_BYTES } from './pod/stage-spec.ts';
import { findReport } from './report-frame.ts';

/** Container runtimes cut long lines into pieces of this size, and the API counts the pieces as lines. */
const PIECE_BYTES = 16 * 1024;

/** The pieces of the largest report, its head, and some for what a transporter said after it. */
const TAIL_LINES = REPORT_BYTES / PIECE_BYTES + 64;

/** Keeps a foreign log from filling our memory. */
const LIMIT_BYTES = 2 * REPORT_BYTES;

/**
 * The report that `outputs` printed, in its last run or in the one before; undefined when it is lost or damaged.
 * `path` is that of the pod.
 */
export async function readPodReport(api: ApiClient, path: string): Promise<Report | undefined> {
  return (await readLog(api, path, false)) ?? (await readLog(api, path, true));
}

async function readLog(
  api: ApiClient,
  path: string,
  previous: boolean,
): Promise<Report | undefined> {
  try {
    const log = await api.text({
      method: 'GET',
      path: `${path}/log`,
      query: {
        container: OUTPUTS,
        previous: String(previous),
        tailLines: String(TAIL_LINES),
        limitBytes: String(LIMIT_BYTES),
      },
    });
    return findReport(log);
  } catch (error) {
    // No pod, no such container yet, or no former run: there is no report to read.
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
