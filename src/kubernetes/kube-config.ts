/** Which cluster is talked to, and as whom. */
import { KubeConfig } from '@kubernetes/client-node';

/** Where the address and the credentials come from. */
export type KubeConfigSource =
  | { readonly kind: 'in-cluster' }
  /** Without `context` the file's current context is used. */
  | { readonly kind: 'file'; readonly path: string; readonly context?: string };

/** Loads a configuration. Throws an Error with one sentence when the file or the context cannot be used. */
export function loadKubeConfig(source: KubeConfigSource): KubeConfig {
  const config = new KubeConfig();
  if (source.kind === 'in-cluster') {
    config.loadFromCluster();
    return config;
  }
  try {
    config.loadFromFile(source.path);
  } catch (cause) {
    throw new Error(
      `The kubeconfig ${source.path} cannot be read; name a readable kubeconfig file.`,
      { cause },
    );
  }
  if (source.context !== undefined) config.setCurrentContext(source.context);
  if (config.getCurrentCluster() === null) {
    const known = config.contexts.map((context) => context.name).join(', ');
    throw new Error(
      `The kubeconfig ${source.path} has no cluster for the context ${config.getCurrentContext()}; choose one of: ${known}.`,
    );
  }
  return config;
}
