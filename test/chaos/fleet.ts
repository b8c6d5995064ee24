/** The processes of the system under chaos, two a role, each with a line of its own to each engine. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { environment } from '../support/test-environment.ts';
import { readClusterAccess } from './cluster-access.ts';
import { type EngineLine, openEngineLine } from './engine-line.ts';
import { createMember, type Member, type Role, ROLES } from './member.ts';

/** The three engines. */
export const ENGINES = ['postgres', 'temporal', 'kubernetes'] as const;

export type Engine = (typeof ENGINES)[number];

/** Which engines a role talks to. */
export const PAIRS: Readonly<Record<Role, readonly Engine[]>> = {
  api: ['postgres', 'temporal'],
  worker: ['postgres', 'temporal', 'kubernetes'],
  controller: ['postgres', 'temporal', 'kubernetes'],
};

/** One process with its lines. */
export interface Station {
  readonly member: Member;
  readonly lines: ReadonlyMap<Engine, EngineLine>;
}

/** All of them. */
export interface Fleet {
  readonly stations: readonly Station[];
  of(role: Role): readonly Station[];
  /** Every line to an engine. */
  lines(engine: Engine): readonly EngineLine[];
  /** Undoes every pause, stall and outage. */
  heal(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What all processes have in common. */
export interface FleetOptions {
  readonly root: string;
  /** Where logs and kubeconfigs are written. */
  readonly folder: string;
  readonly databaseUrl: string;
  readonly settings: Readonly<Record<string, string>>;
}

const COPIES = 2;

/** Opens the lines; no process is started yet. */
export async function createFleet(options: FleetOptions): Promise<Fleet> {
  await mkdir(options.folder, { recursive: true });
  const access = await readClusterAccess();
  const names = ROLES.flatMap((role) =>
    Array.from({ length: COPIES }, (_, index) => ({ role, name: `${role}-${index + 1}` })),
  );
  const targets = {
    postgres: hostAndPort(new URL(options.databaseUrl)),
    temporal: hostAndPort(new URL(`tcp://${environment('TEMPORAL_ADDRESS')}`)),
    kubernetes: access.target,
  };

  async function build({ role, name }: (typeof names)[number]): Promise<Station> {
    const lines = new Map<Engine, EngineLine>();
    for (const engine of PAIRS[role]) lines.set(engine, await openEngineLine(targets[engine]));
    const cluster = lines.get('kubernetes');
    const kubeconfig = join(options.folder, `${name}.kubeconfig`);
    if (cluster) await writeFile(kubeconfig, access.kubeconfigFor(cluster), { mode: 0o600 });
    const temporal = lines.get('temporal');
    const settings = {
      ...options.settings,
      ORRERY_POSTGRES_URL: throughLine(options.databaseUrl, lines.get('postgres')),
      ORRERY_TEMPORAL_ADDRESS: `${temporal?.host}:${temporal?.port}`,
      ...(cluster !== undefined && { ORRERY_KUBECONFIG: kubeconfig }),
    };
    const log = join(options.folder, name);
    return { member: createMember({ role, name, root: options.root, settings, log }), lines };
  }

  const stations = await Promise.all(names.map(build));
  const allLines = (): EngineLine[] => stations.flatMap(({ lines }) => [...lines.values()]);
  return {
    stations,
    of: (role) => stations.filter(({ member }) => member.role === role),
    lines: (engine) => stations.flatMap(({ lines }) => lines.get(engine) ?? []),
    heal() {
      for (const line of allLines()) line.heal();
      for (const { member } of stations) member.resume();
    },
    async start() {
      await Promise.all(stations.map(({ member }) => member.start()));
    },
    async stop() {
      await Promise.all(stations.map(({ member }) => member.stop()));
      await Promise.all(allLines().map((line) => line.close()));
    },
  };
}

function hostAndPort({ hostname, port }: URL): { host: string; port: number } {
  return { host: hostname, port: Number(port) };
}

function throughLine(url: string, line: EngineLine | undefined): string {
  const through = new URL(url);
  if (line !== undefined) through.host = `${line.host}:${line.port}`;
  return through.href;
}
