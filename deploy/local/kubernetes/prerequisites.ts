import { existsSync } from 'node:fs';

import { installDebianPackages } from '../debian-packages.ts';
import { findOnPath } from '../find-on-path.ts';
import { LocalError } from '../local-error.ts';

/** Commands of the private cluster and the Debian package that brings each. */
const PACKAGES = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  busybox: 'busybox-static',
  ip: 'iproute2',
  openssl: 'openssl',
  unshare: 'util-linux',
  nsenter: 'util-linux',
};

const PLUGIN_DIRECTORIES = ['/usr/lib/cni', '/opt/cni/bin'];

/** Throws the sentence for a machine that cannot have the private cluster. */
export function requirePrivateCluster(): void {
  if (process.platform !== 'linux') {
    throw new LocalError(
      'The private cluster needs Linux: name an existing cluster of your kubeconfig with --context NAME (kind, minikube and k3d will do).',
    );
  }
  if (process.getuid?.() !== 0) {
    throw new LocalError(
      'The private cluster needs root: start again as root (sudo), or name an existing cluster of your kubeconfig with --context NAME.',
    );
  }
}

/** Installs with apt what the private cluster needs and the machine has not; nothing is touched when all is there. */
export async function installPrerequisites(note: (text: string) => void): Promise<void> {
  await installDebianPackages(missingPackages(), {
    who: 'The private cluster',
    remedy: "install them with your distribution's tool, or use --context NAME",
    note,
  });
}

/** The folder of the network plugins; Debian and the upstream archives differ. */
export function pluginDirectory(): string | undefined {
  return PLUGIN_DIRECTORIES.find((directory) => existsSync(`${directory}/bridge`));
}

function missingPackages(): string[] {
  const missing = Object.entries(PACKAGES)
    .filter(([command]) => findOnPath(command) === undefined)
    .map(([, name]) => name);
  if (pluginDirectory() === undefined) missing.push('containernetworking-plugins');
  return [...new Set(missing)];
}
