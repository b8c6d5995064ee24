/** The Secrets that carry an attempt's specification. */
import { gzipSync } from 'node:zlib';

import { podName } from '../../tes/attempt.ts';
import type { Secret } from '../objects.ts';
import type { PodPlan } from '../ports.ts';
import { buildIdentityAnnotations, buildIdentityLabels } from './labels.ts';
import { partName, secretName } from './names.ts';
import type { PodSettings } from './settings.ts';
import { buildStageSpec } from './stage-spec.ts';

/** Plain bytes a part: compressed, even if that makes them larger, they fit into a Secret of 1 MiB. */
const PART_BYTES = 900 * 1024;

/** How many Secrets the specification takes; the pod names them before they exist. */
export function countSpecParts(plan: PodPlan, settings: PodSettings): number {
  return Math.ceil(specBytes(plan, settings).length / PART_BYTES);
}

/**
 * The Secrets of an attempt, owned by its pod. The plain JSON is cut first and each part compressed by itself: parts
 * joined are one gzip stream, and neither their number nor their fit depends on the version of the compressor.
 */
export function buildSpecSecrets(plan: PodPlan, settings: PodSettings, podUid: string): Secret[] {
  const bytes = specBytes(plan, settings);
  return Array.from({ length: countSpecParts(plan, settings) }, (_, part) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: secretName(plan, part),
      namespace: settings.namespace,
      labels: buildIdentityLabels(plan),
      annotations: buildIdentityAnnotations(plan),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: podName(plan), uid: podUid }],
    },
    type: 'Opaque',
    immutable: true,
    data: { [partName(part)]: toPart(bytes, part).toString('base64') },
  }));
}

function specBytes(plan: PodPlan, settings: PodSettings): Buffer {
  return Buffer.from(JSON.stringify(buildStageSpec(plan.document, settings)), 'utf8');
}

function toPart(bytes: Buffer, part: number): Buffer {
  return gzipSync(bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES), { level: 6 });
}
