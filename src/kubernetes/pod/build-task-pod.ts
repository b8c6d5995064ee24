/** The pod of one attempt. */
import { FINALIZER, GATE, podName } from '../../tes/attempt.ts';
import { mountPlan } from '../../tes/mount-plan.ts';
import type { Pod } from '../objects.ts';
import type { PodPlan } from '../ports.ts';
import {
  buildExecutorContainer,
  buildInputsContainer,
  buildOutputsContainer,
} from './containers.ts';
import { buildExecutorFileVolumes } from './executor-files.ts';
import { buildPodAnnotations, buildPodLabels } from './labels.ts';
import { buildDestination, buildPlacement } from './placement.ts';
import { buildPullSecrets } from './pull-secrets.ts';
import { buildPodSecurityContext } from './security-context.ts';
import type { PodSettings } from './settings.ts';
import { buildStageSpec } from './stage-spec.ts';
import { buildVolumes } from './volumes.ts';

/** What the shim needs beyond the command's own grace to write its record. */
const RECORD_SECONDS = 5;

/**
 * Builds the gated pod of an attempt: the same plan and settings always give the same pod.
 * It has no `activeDeadlineSeconds`, because transfers have no time limit. Throws for a task with a placement fault.
 */
export function buildTaskPod(plan: PodPlan, settings: PodSettings): Pod {
  const { document } = plan;
  const mounts = mountPlan(document, settings.inputsReadOnly, settings.user !== undefined);
  const spec = buildStageSpec(document, settings);
  const destination = buildDestination(document, settings);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName(plan),
      namespace: settings.namespace,
      labels: buildPodLabels(plan),
      annotations: buildPodAnnotations(plan),
      finalizers: [FINALIZER],
    },
    spec: {
      schedulingGates: [{ name: GATE }],
      restartPolicy: 'OnFailure',
      terminationGracePeriodSeconds: settings.graceSeconds + RECORD_SECONDS,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...buildPlacement(destination, settings),
      ...buildPullSecrets(document, settings),
      securityContext: buildPodSecurityContext(settings),
      volumes: [
        ...buildVolumes(plan, spec, settings),
        ...buildExecutorFileVolumes(destination, settings),
      ],
      initContainers: [
        buildInputsContainer(spec, settings),
        ...document.executors.map((_, index) =>
          buildExecutorContainer(document, index, { mounts, destination, settings }),
        ),
      ],
      containers: [buildOutputsContainer(spec, settings)],
    },
  };
}
