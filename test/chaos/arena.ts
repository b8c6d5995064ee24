/** What belongs to one run alone: a database, a Temporal task queue, a task namespace, a folder, the processes. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { ApiClient } from '../../src/kubernetes/api-client.ts';
import { isApiError } from '../../src/kubernetes/api-error.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { environment } from '../support/test-environment.ts';
import { until } from '../support/until.ts';
import { type Census, openCensus } from './census.ts';
import { openClusterApi } from './cluster-access.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { makeMutant, type MutantName, TRUE_ROOT } from './mutants.ts';
import { type Profile, settingsOf } from './profile.ts';

/** A running system and the ways past it. */
export interface Arena {
  readonly fleet: Fleet;
  readonly census: Census;
  /** The API server, past all lines. */
  readonly api: ApiClient;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly folder: string;
  /** Ends the processes and takes everything away; what is kept for people to look at are logs and database. */
  close(isKept: boolean): Promise<void>;
}

/** Which system is run. */
export interface ArenaOptions {
  readonly profile: Profile;
  readonly mutant: MutantName | undefined;
  /** A task namespace of this run that is there already. */
  readonly namespace: string | undefined;
}

const NAMESPACE_MS = 30_000;

/** Makes all of it; resolves once every process serves. */
export async function openArena(options: ArenaOptions): Promise<Arena> {
  const database = await createTestDatabase();
  const name = new URL(database.url).pathname.slice(1).replace('orrery_test_', 'chaos-');
  const folder = join(environment('STATE_DIR'), 'chaos', name);
  await mkdir(folder, { recursive: true });
  const api = openClusterApi();
  const namespace = options.namespace ?? name;
  if (options.namespace === undefined) await makeNamespace(api, namespace);

  const { mutant } = options;
  const root = mutant === undefined ? TRUE_ROOT : makeMutant(mutant, join(folder, 'source'));
  const fleet = await createFleet({
    root,
    folder,
    databaseUrl: database.url,
    settings: settingsOf(options.profile, { taskQueue: name, namespace }),
  });
  const census = openCensus(database.url);

  async function close(isKept: boolean): Promise<void> {
    await fleet.stop();
    await census.close();
    await removeNamespace(api, namespace);
    if (!isKept) {
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    }
    api.close();
  }

  try {
    await fleet.start();
  } catch (error) {
    await close(true);
    throw error;
  }
  return { fleet, census, api, namespace, taskQueue: name, folder, close };
}

/** A namespace takes pods once it has its service account. */
async function makeNamespace(api: ApiClient, name: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await api.json({ method: 'POST', path: '/api/v1/namespaces', body });
  const path = `/api/v1/namespaces/${name}/serviceaccounts/default`;
  const hasAccount = async (): Promise<boolean> =>
    api.json({ method: 'GET', path }).then(() => true);
  await until(hasAccount, { what: `${name} takes pods`, withinMs: NAMESPACE_MS });
}

interface PodList {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

async function removeNamespace(api: ApiClient, name: string): Promise<void> {
  const path = `/api/v1/namespaces/${name}`;
  const { items } = await api.json<PodList>({ method: 'GET', path: `${path}/pods` });
  for (const { metadata } of items) {
    await orGone(
      api.json({
        method: 'PATCH',
        path: `${path}/pods/${metadata.name}`,
        contentType: 'application/merge-patch+json',
        body: { metadata: { finalizers: null } },
      }),
    );
  }
  await orGone(api.json({ method: 'DELETE', path }));
}

async function orGone(request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    if (!isApiError(error, 404)) throw error;
  });
}
