/** The system under an outage: a database, a Temporal task queue and six processes of its own, behind lines. */
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { addressForPods } from '../chaos/address-for-pods.ts';
import type { Arena } from '../chaos/arena.ts';
import { openCensus } from '../chaos/census.ts';
import { openClusterApi } from '../chaos/cluster-access.ts';
import { createFleet, type FleetOptions } from '../chaos/fleet.ts';
import { TRUE_ROOT } from '../chaos/mutants.ts';
import { settingsOf } from '../chaos/profile.ts';
import { openWitness, type Witness } from '../chaos/witness.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { openTaskNamespace } from '../support/task-namespace.ts';
import { environment } from '../support/test-environment.ts';
import { until } from '../support/until.ts';
import { PROFILE } from './profile.ts';
import { openStuckRegistry, type StuckRegistry } from './stuck-registry.ts';
import { openTemporalMeter, type TemporalMeter } from './temporal-meter.ts';

/** The arena of the proofs, and what an outage needs beside it. */
export interface Rig extends Arena {
  readonly witness: Witness;
  readonly registry: StuckRegistry;
  readonly meter: TemporalMeter;
  /** The file: URL of a file that tasks of this run read and write. */
  readonly fileUrl: (name: string) => string;
}

/** The name of the file that takes a moment to copy. */
export const INPUT = 'input';
const INPUT_BYTES = 500_000_000;
const STOP_MS = 60_000;

/** Makes all of it; resolves once every process serves. `podLimit` is the most pods alive at once. */
export async function openRig({ podLimit }: { readonly podLimit: number }): Promise<Rig> {
  const database = await createTestDatabase();
  const name = new URL(database.url).pathname.slice(1).replace('orrery_test_', 'outage-');
  const folder = join(environment('STATE_DIR'), 'outages', name);
  const files = join(environment('FILES_DIR'), name);
  await Promise.all([folder, files].map((path) => mkdir(path, { recursive: true })));
  // A file with one hole costs no disk until a task copies it.
  await writeFile(join(files, INPUT), '');
  await truncate(join(files, INPUT), INPUT_BYTES);

  const api = openClusterApi();
  const witness = await openWitness(await addressForPods(api), join(folder, 'marks'));
  const registry = await openStuckRegistry();
  const meter = await openTemporalMeter();
  const namespace = environment('TASK_NAMESPACE');
  const fleet = await openFleet(
    {
      root: TRUE_ROOT,
      folder,
      databaseUrl: database.url,
      settings: {
        ...settingsOf(PROFILE, { taskQueue: name, namespace }),
        ORRERY_LIMIT_PODS: String(podLimit),
        ORRERY_DEFAULT_CPU_CORES: '0.02',
        ORRERY_TERMINATION_GRACE_SECONDS: '20',
        ORRERY_PULL_TROUBLE_SECONDS: '3600',
        ORRERY_FILE_CLAIMS: `${environment('FILES_DIR')}=${environment('FILE_CLAIM')}`,
      },
    },
    meter,
  );
  const census = openCensus(database.url);

  async function close(isKept: boolean): Promise<void> {
    await fleet.stop();
    await Promise.all([witness.close(), registry.close(), meter.close()]);
    await sweep(await installationOf(census));
    await census.close();
    await rm(files, { recursive: true, force: true });
    if (!isKept) {
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    }
    api.close();
  }

  await fleet.start().catch(async (error: unknown) => {
    await close(true);
    throw error;
  });
  return {
    ...{ fleet, census, api, namespace, taskQueue: name, folder, witness, registry, meter, close },
    fileUrl: (file) => pathToFileURL(join(files, file)).href,
  };
}

/** Every process reaches Temporal through its own line and then through the meter. */
function openFleet(options: FleetOptions, meter: TemporalMeter) {
  process.env['ORRERY_TEST_TEMPORAL_ADDRESS'] = meter.address;
  return createFleet(options).finally(() => {
    process.env['ORRERY_TEST_TEMPORAL_ADDRESS'] = meter.target;
  });
}

async function installationOf({ query }: Pick<Arena['census'], 'query'>): Promise<string> {
  const rows = await query<{ id: string }>('select id from installation');
  return rows[0]?.id ?? '';
}

async function sweep(installation: string): Promise<void> {
  const namespace = openTaskNamespace(installation);
  await namespace.sweep();
  await until(async () => (await namespace.objects()).length === 0, {
    what: 'the namespace is empty',
    withinMs: STOP_MS,
  }).catch(() => undefined);
  namespace.close();
}
