import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { findOnPath } from '../find-on-path.ts';
import type { PodNetwork } from './pod-network.ts';
import { pluginDirectory } from './prerequisites.ts';

export interface NodeSettings {
  /** Where the files go. */
  directory: string;
  network: PodNetwork;
  cgroup: string;
  pauseImage: string;
  kubeletPort: number;
  healthPort: number;
}

/** Writes the settings of containerd, the network plugin and the kubelet anew for each start. */
export function writeSettings(settings: NodeSettings): void {
  const plugins = path.join(settings.directory, 'cni');
  mkdirSync(plugins, { recursive: true });
  writeFileSync(path.join(settings.directory, 'containerd.toml'), containerd(settings, plugins));
  writeFileSync(
    path.join(plugins, '10-bridge.conflist'),
    JSON.stringify(network(settings), undefined, 2),
  );
  writeFileSync(
    path.join(settings.directory, 'kubelet.json'),
    JSON.stringify(kubelet(settings), undefined, 2),
  );
}

/** `restrict_oom_score_adj`: without CAP_SYS_RESOURCE runc dies on a negative score, and with it every pod. */
function containerd({ pauseImage }: NodeSettings, plugins: string): string {
  const unused = [
    'snapshotter.v1.btrfs',
    'snapshotter.v1.aufs',
    'snapshotter.v1.zfs',
    'snapshotter.v1.devmapper',
  ];
  const tracing = ['tracing.processor.v1.otlp', 'internal.v1.tracing'];
  const disabled = [...unused, ...tracing].map((name) => `io.containerd.${name}`);
  return `version = 2
oom_score = 0
disabled_plugins = ${JSON.stringify(disabled)}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  netns_mounts_under_state_dir = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${pluginDirectory() ?? ''}"
    conf_dir = "${plugins}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
      BinaryName = "${findOnPath('runc') ?? 'runc'}"
`;
}

function network({ network: { bridge, subnet, gateway } }: NodeSettings): unknown {
  const ipam = {
    type: 'host-local',
    ranges: [[{ subnet, gateway }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  return {
    cniVersion: '1.0.0',
    name: 'orrery',
    plugins: [{ type: 'bridge', bridge, isGateway: true, ipMasq: false, hairpinMode: true, ipam }],
  };
}

/**
 * Disk pressure and image clean-up are off: the disk is the user's own and mostly full of other things, and a
 * removed image could not be pulled again. The kubelet's API is open, but on the loopback address only. A container
 * that crashes is started again soon: whoever tries out what becomes of it need not wait for minutes.
 */
function kubelet({ cgroup, kubeletPort, healthPort }: NodeSettings): unknown {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '127.0.0.1',
    port: kubeletPort,
    readOnlyPort: 0,
    healthzBindAddress: '127.0.0.1',
    healthzPort: healthPort,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    resolvConf: resolverFile(),
    maxPods: 200,
    serializeImagePulls: false,
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: {
      'memory.available': '100Mi',
      'nodefs.available': '1Mi',
      'nodefs.inodesFree': '0%',
      'imagefs.available': '1Mi',
      'imagefs.inodesFree': '0%',
    },
    evictionPressureTransitionPeriod: '10s',
    crashLoopBackOff: { maxContainerRestartPeriod: '2s' },
    nodeStatusUpdateFrequency: '4s',
  };
}

/** Behind systemd's resolver /etc/resolv.conf names a loopback address, which in a pod is the pod itself. */
function resolverFile(): string {
  const upstream = '/run/systemd/resolve/resolv.conf';
  return existsSync(upstream) ? upstream : '/etc/resolv.conf';
}
