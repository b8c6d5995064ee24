/** The report that the `outputs` container of a simulated pod prints, made of what its containers said at their ends. */
import { createHash } from 'node:crypto';

import { fateWords, stdoutOf } from './fate.ts';

/** A pod as far as its report needs it. */
export interface ReportingPod {
  readonly metadata?: {
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly initContainers?: readonly { readonly image?: string }[];
  };
  readonly status?: {
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly state?: {
    readonly terminated?: {
      readonly exitCode: number;
      readonly message?: string;
      readonly startedAt?: string;
      readonly finishedAt?: string;
    };
  };
}

/** The log of `outputs`, framed as the shim does it; empty while it runs and where the pod's fate is a lost report. */
export function reportLog(pod: ReportingPod): string {
  const end = pod.status?.containerStatuses?.[0]?.state?.terminated;
  if (end?.exitCode !== 0 || isLost(pod)) return '';
  const line = JSON.stringify(buildReport(pod, end));
  const sum = createHash('sha256').update(line).digest('hex');
  return `orrery-report 1 ${Buffer.byteLength(line)} ${sum}\n${line}\n`;
}

function isLost({ metadata, spec }: ReportingPod): boolean {
  const image = spec?.initContainers?.[1]?.image ?? '';
  const words = fateWords(image, Number(metadata?.labels?.['orrery.dev/attempt']));
  return words.has('lost-report') || words.has('lost-records');
}

function buildReport(
  pod: ReportingPod,
  end: { readonly startedAt?: string; readonly finishedAt?: string },
): object {
  const [inputs, ...executors] = (pod.status?.initContainerStatuses ?? []).map(recordOf);
  return {
    version: 1,
    inputs,
    executors: executors.map((record, index) => ({
      index,
      ...record,
      ...('skipped' in record ? {} : { stdout: stdoutOf(pod.metadata?.name ?? '', index) }),
    })),
    outputs: [],
    warnings: [],
    complete: true,
    startedAt: end.startedAt,
    endedAt: end.finishedAt,
  };
}

/** The record that a container left as its last words. */
function recordOf({ state }: ContainerStatus): object {
  return JSON.parse(state?.terminated?.message ?? '{}') as object;
}
