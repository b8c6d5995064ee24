/** The credentials for the registries of a pod's images, and for no other. */
import { pullSecretsFor, withRegistry } from '../../tes/image-rules.ts';
import type { TaskDocument } from '../../tes/task.ts';
import type { PodSpec } from '../objects.ts';
import type { PodSettings } from './settings.ts';

/** Names the pull Secrets that the pod's images need. */
export function buildPullSecrets(
  { executors }: TaskDocument,
  { images, shimImage, transporterImage }: PodSettings,
): Pick<Partial<PodSpec>, 'imagePullSecrets'> {
  const named = executors.map(({ image }) => withRegistry(image, images.defaultRegistry));
  const secrets = pullSecretsFor([shimImage, transporterImage, ...named], images.pullSecrets);
  return secrets.length === 0 ? {} : { imagePullSecrets: secrets.map((name) => ({ name })) };
}
