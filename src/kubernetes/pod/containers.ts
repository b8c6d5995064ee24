/** The containers of a pod: `inputs`, one for each executor, `outputs`. */
import type { StageSpec } from '../../tes/stage-spec.ts';
import type { TaskDocument } from '../../tes/task.ts';
import type { Container } from '../objects.ts';
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

/** One executor: the user's image started through the shim; the user's argv and environment are not in the pod at all. */
export function buildExecutorContainer(
  document: TaskDocument,
  index: number,
  context: { readonly mounts: readonly string[]; readonly settings: PodSettings },
): Container {
  const executor = document.executors[index];
  if (executor === undefined) throw new RangeError(`there is no executor ${index}`);
  const { mounts, settings } = context;
  return {
    name: executorName(index),
    image: executor.image,
    imagePullPolicy: settings.imagePullPolicy,
    command: [`${PLACES.run}/shim`, 'executor'],
    resources: buildExecutorResources(document.resources, settings.defaults),
    securityContext: buildExecutorSecurityContext(),
    volumeMounts: buildExecutorMounts(index, mounts),
  };
}

function buildStage(name: string, transfers: boolean, settings: PodSettings): Container {
  return {
    name,
    image: transfers ? settings.transporterImage : settings.shimImage,
    imagePullPolicy: settings.imagePullPolicy,
    command: ['/shim', name],
    resources: buildStageResources(transfers),
    securityContext: buildStageSecurityContext(),
  };
}
