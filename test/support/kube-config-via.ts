/** A way to the same cluster through something in between. */
import { KubeConfig } from '@kubernetes/client-node';

/** The configuration with another address of its current cluster. */
export function configVia(config: KubeConfig, origin: string): KubeConfig {
  const via = new KubeConfig();
  via.loadFromString(config.exportConfig());
  const current = via.getCurrentCluster();
  if (current === null) throw new Error('the cluster has no address');
  via.clusters = [{ ...current, server: origin }];
  return via;
}
