import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { waitUntil } from '../wait.ts';

const MOUNT = '/sys/fs/cgroup';
const HIERARCHIES = [
  'cpu',
  'cpuacct',
  'cpuset',
  'memory',
  'devices',
  'freezer',
  'blkio',
  'pids',
  'systemd',
  'unified',
];
const CONTROLLERS = ['cpu', 'cpuset', 'io', 'memory', 'pids'];

/** Makes the cgroup above all pods, which the kubelet expects to find in every hierarchy before it starts. */
export function createCgroups(name: string): void {
  if (isUnified()) createUnified(name);
  else for (const hierarchy of presentHierarchies()) createInHierarchy(hierarchy, name);
}

/** Removes the cgroup and all below it, once their processes are gone; false when something is still in there. */
export async function removeCgroups(name: string): Promise<boolean> {
  const roots = isUnified() ? [MOUNT] : presentHierarchies();
  const targets = roots.map((root) => path.join(root, name));
  return waitUntil(() => {
    targets.forEach(removeTree);
    return !targets.some((target) => existsSync(target));
  }, 10);
}

function isUnified(): boolean {
  return existsSync(path.join(MOUNT, 'cgroup.controllers'));
}

function presentHierarchies(): string[] {
  return HIERARCHIES.map((name) => path.join(MOUNT, name)).filter((directory) =>
    existsSync(directory),
  );
}

function createInHierarchy(hierarchy: string, name: string): void {
  const directory = path.join(hierarchy, name);
  mkdirSync(directory, { recursive: true });
  if (path.basename(hierarchy) !== 'cpuset') return;
  // A cpuset begins empty in version 1, and no process can enter an empty one.
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    writeFileSync(path.join(directory, file), readFileSync(path.join(hierarchy, file)));
  }
}

function createUnified(name: string): void {
  const directory = path.join(MOUNT, name);
  mkdirSync(directory, { recursive: true });
  const present = readFileSync(path.join(MOUNT, 'cgroup.controllers'), 'utf8').trim().split(/\s+/);
  const wanted = CONTROLLERS.filter((controller) => present.includes(controller));
  for (const parent of [MOUNT, directory]) {
    writeFileSync(
      path.join(parent, 'cgroup.subtree_control'),
      wanted.map((controller) => `+${controller}`).join(' '),
    );
  }
}

function removeTree(directory: string): void {
  try {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(path.join(directory, entry.name));
    }
    rmdirSync(directory);
  } catch {
    // Gone already, or a process is still dying in it: the caller asks again.
  }
}
