/** The containers of a pod: `inputs`, one for each executor, `outputs`. */
import type { Destination } from '../../tes/destination.ts';
import { withRegistry } from '../../tes/image-rules.ts';
import type { MountPlan } from '../../tes/mount-plan.ts';
import type { StageSpec } from '../../tes/stage-spec.ts';
import type { TaskDocument } from '../../tes/task.ts';
import type { Container } from '../objects.ts';
import { buildExecutorFileMounts } from './executor-files.ts';
import { executorName, INPUTS, OUTPUTS, PLACES } from './names.ts';
import { buildExecutorResources, buildStageResources } from './resources.ts';
import { buildExecutorSecurityContext, buildStageSecurityContext } from './security-context.ts';
import type { PodSettings } from './settings.ts';
import { buildExecutorMounts, buildInputsMounts, buildOutputsMounts } from './volumes.ts';

/** The stage that prepares everything; it needs the transporter only where something is fetched by URL. */
export function buildInputsContainer(spec: StageSpec, settings: PodSettings): Container {
  return {
    ...buildStage(INPUTS, spec.fetches.length > 0, settings),
    volumeMounts: buildInputsMounts(spec),
  };
}

/** The stage that uploads and reports; it needs the transporter only where an output is declared. */
export function buildOutputsContainer(spec: StageSpec, settings: PodSettings): Container {
  return {
    ...buildStage(OUTPUTS, spec.outputs.uploads.length > 0, settings),
    volumeMounts: buildOutputsMounts(spec),
  };
}

/** What an executor's container is built from beside its task. */
export interface ExecutorContext {
  readonly mounts: Pick<MountPlan, 'mounts' | 'readOnly'>;
  readonly destination: Destination;
  readonly settings: PodSettings;
}

/** One executor: the user's image started through the shim; the user's argv and environment are not in the pod at all. */
export function buildExecutorContainer(
  document: TaskDocument,
  index: number,
  { mounts, destination, settings }: ExecutorContext,
): Container {
  const executor = document.executors[index];
  if (executor === undefined) throw new RangeError(`there is no executor ${index}`);
  return {
    name: executorName(index),
    image: withRegistry(executor.image, settings.images.defaultRegistry),
    imagePullPolicy: settings.imagePullPolicy,
    command: [`${PLACES.run}/shim`, 'executor'],
    resources: buildExecutorResources(document.resources, { ...settings, gpu: destination.gpu }),
    securityContext: buildExecutorSecurityContext(settings),
    volumeMounts: [
      ...buildExecutorMounts(index, mounts),
      ...buildExecutorFileMounts(destination, settings),
    ],
  };
}

function buildStage(name: string, transfers: boolean, settings: PodSettings): Container {
  return {
    name,
    image: transfers ? settings.transporterImage : settings.shimImage,
    imagePullPolicy: settings.imagePullPolicy,
    command: ['/shim', name],
    resources: buildStageResources(transfers),
    securityContext: buildStageSecurityContext(settings),
  };
}
