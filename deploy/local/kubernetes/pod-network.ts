import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

import { runCommand } from '../command.ts';
import type { State } from '../state.ts';

/** The bridge that the pods of one environment hang on. */
export interface PodNetwork {
  bridge: string;
  /** The host's own address on the bridge: pods reach host ports there. */
  gateway: string;
  subnet: string;
}

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';
const PREFIX = 'orrery';

/** The network of this environment; chosen once, by the environment's id, among those that no interface uses. */
export function podNetwork(state: State): PodNetwork {
  const bridge = bridgeName(state);
  const used = Object.entries(networkInterfaces())
    .filter(([name]) => name !== bridge)
    .flatMap(([, addresses]) => addresses ?? [])
    .map(({ address }) => address.split('.').slice(0, 3).join('.'));
  const network = chooseNetwork(state.id, used, state.file.network);
  state.update((file) => {
    file.network = network;
  });
  return { bridge, gateway: `${network}.1`, subnet: `${network}.0/24` };
}

/** Picks `10.<200-254>.<0-255>` by the id, going on while it is used; one chosen before stays while it is free. */
export function chooseNetwork(id: string, used: readonly string[], before?: string): string {
  if (before !== undefined && !used.includes(before)) return before;
  let number = Number.parseInt(id.slice(0, 6), 16);
  for (;;) {
    const network = `10.${200 + (Math.floor(number / 256) % 55)}.${number % 256}`;
    if (!used.includes(network)) return network;
    number += 1;
  }
}

/** Makes the bridge unless it is there. It comes before the first pod, because the kubelet takes its address as its own. */
export async function ensureBridge(state: State, network: PodNetwork): Promise<void> {
  rememberForwarding(state);
  if (!(await hasLink(network.bridge))) {
    await runCommand('ip', ['link', 'add', network.bridge, 'type', 'bridge']);
  }
  await runCommand('ip', ['addr', 'replace', `${network.gateway}/24`, 'dev', network.bridge]);
  await runCommand('ip', ['link', 'set', network.bridge, 'up']);
}

/** Takes the bridge away and sets IP forwarding as it was, once no other environment's bridge is left. */
export async function removeBridge(state: State): Promise<void> {
  const bridge = bridgeName(state);
  if (await hasLink(bridge)) await runCommand('ip', ['link', 'del', bridge]);
  if (state.file.forwardingWasOff === true && isOnlyBridge(state)) writeFileSync(FORWARDING, '0');
  state.update((file) => {
    delete file.forwardingWasOff;
  });
}

/** The network plugin switches forwarding on for the whole machine: the first environment notes what it was. */
function rememberForwarding(state: State): void {
  if (bridgesOfAll().length > 0) return;
  const wasOff = readFileSync(FORWARDING, 'utf8').trim() === '0';
  state.update((file) => {
    file.forwardingWasOff = wasOff || file.forwardingWasOff === true;
  });
}

/** True when no other environment has a bridge on this machine. */
export function isOnlyBridge(state: State): boolean {
  return !bridgesOfAll().some((name) => name !== bridgeName(state));
}

function bridgeName(state: State): string {
  return `${PREFIX}${state.id}`; // 14 characters of the 15 that Linux allows
}

function bridgesOfAll(): string[] {
  return readdirSync('/sys/class/net').filter((name) =>
    new RegExp(`^${PREFIX}[0-9a-f]{8}$`).test(name),
  );
}

async function hasLink(name: string): Promise<boolean> {
  return runCommand('ip', ['link', 'show', name]).then(
    () => true,
    () => false,
  );
}
