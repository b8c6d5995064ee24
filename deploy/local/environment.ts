import { rmSync, writeFileSync } from 'node:fs';

import { allEnded } from './all-ended.ts';
import { stopDaemon } from './daemon.ts';
import { runInterruptible } from './interruption.ts';
import { type Cluster, ensureCluster, requireCluster } from './kubernetes/cluster.ts';
import { stopPrivateCluster } from './kubernetes/private-cluster.ts';
import { withLock } from './lock.ts';
import { enter, leave } from './occupants.ts';
import { DATABASE, ensurePostgres, stopPostgres } from './postgres.ts';
import type { Progress } from './progress.ts';
import { openState, type State } from './state.ts';
import { ensureTemporal, stopTemporal, type TemporalServer } from './temporal.ts';

export interface EnvironmentOptions {
  state: State;
  progress: Progress;
  /** A context of the user's kubeconfig; absent: the private cluster. */
  context?: string;
  /** The folder that tasks may read and write by `file://` URLs. */
  files: string;
  /** False trades the survival of a power cut for speed: tests only. */
  isDurable: boolean;
  apiPort: number;
  /** Aborted: the preparation ends as soon as it can and rejects. */
  signal: AbortSignal;
}

/** Everything a server of ours needs around it, running. */
export interface Environment extends Cluster {
  stateDir: string;
  postgresUrl: (database: string) => string;
  temporal: TemporalServer;
  apiPort: number;
}

/**
 * Brings up Postgres, Temporal, Kubernetes and the images. What runs is reused, what does not is started: it may be
 * called at any time, also after a part was killed. The caller counts as a user of the environment until it leaves.
 */
export async function prepareEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { state, progress, signal } = options;
  const work = async (): Promise<Environment> =>
    withLock(
      lockFile(state),
      async () => {
        enter(state);
        return prepare(options);
      },
      (holder) => {
        progress.say(
          `  waiting for process ${holder}, which prepares or stops the same environment`,
        );
      },
    );
  return runInterruptible(signal, work);
}

/** Ends what runs of the environment and leaves nothing but its state directory. */
export async function stopEnvironment(state: State): Promise<void> {
  await withLock(lockFile(state), async () => {
    leave(state);
    await stopAll(state);
  });
}

/** Stops the environment unless another process uses it or it is to be kept; says which of these it was. */
export async function leaveEnvironment(state: State): Promise<'stopped' | 'used' | 'kept'> {
  return withLock(lockFile(state), async () => {
    const others = leave(state);
    if (others.length > 0) return 'used';
    if (state.file.kept === true) return 'kept';
    await stopAll(state);
    return 'stopped';
  });
}

/** Stops the environment of a state directory and forgets all of it: databases, cluster, files of the default folder. */
export async function resetEnvironment(directory: string): Promise<void> {
  await stopEnvironment(openState(directory));
  rmSync(directory, { recursive: true, force: true });
}

/** The settings of a server (`node src/bin/orrery.ts serve`) that works in this environment. */
export function serveEnvironment(environment: Environment): Record<string, string> {
  const { files, context } = environment;
  return {
    ORRERY_POSTGRES_URL: environment.postgresUrl(DATABASE),
    ORRERY_TEMPORAL_ADDRESS: environment.temporal.address,
    ORRERY_TEMPORAL_NAMESPACE: environment.temporal.namespace,
    ORRERY_KUBECONFIG: environment.kubeconfigPath,
    ...(context === undefined ? {} : { ORRERY_KUBERNETES_CONTEXT: context }),
    ORRERY_TASK_NAMESPACE: environment.taskNamespace,
    ORRERY_SHIM_IMAGE: environment.images.shim,
    ORRERY_TRANSPORTER_IMAGE: environment.images.transporter,
    ORRERY_IMAGE_PULL_POLICY: 'IfNotPresent',
    ...(files === undefined ? {} : { ORRERY_FILE_CLAIMS: `${files.directory}=${files.claim}` }),
    ORRERY_HOST: '127.0.0.1',
    ORRERY_PORT: String(environment.apiPort),
  };
}

/** The settings of tests that work in this environment. */
export function testEnvironment(environment: Environment): Record<string, string> {
  const { files, context, images } = environment;
  return {
    ORRERY_TEST_STATE_DIR: environment.stateDir,
    ORRERY_TEST_POSTGRES_URL: environment.postgresUrl('postgres'),
    ORRERY_TEST_TEMPORAL_ADDRESS: environment.temporal.address,
    ORRERY_TEST_KUBECONFIG: environment.kubeconfigPath,
    ...(context === undefined ? {} : { ORRERY_TEST_KUBERNETES_CONTEXT: context }),
    ORRERY_TEST_TASK_NAMESPACE: environment.taskNamespace,
    ...(files === undefined
      ? {}
      : { ORRERY_TEST_FILES_DIR: files.directory, ORRERY_TEST_FILE_CLAIM: files.claim }),
    ORRERY_TEST_SHIM_IMAGE: images.shim,
    ORRERY_TEST_TRANSPORTER_IMAGE: images.transporter,
    ORRERY_TEST_DEMO_IMAGE: images.demo,
    ...(images.user === undefined ? {} : { ORRERY_TEST_USER_IMAGE: images.user }),
    ...(images.bare === undefined ? {} : { ORRERY_TEST_BARE_IMAGE: images.bare }),
  };
}

/** Writes settings beside the state, for shells and editors that run a single test. */
export function writeVariables(state: State, variables: Record<string, string>): string {
  const file = state.path('environment.json');
  writeFileSync(file, `${JSON.stringify(variables, undefined, 2)}\n`, { mode: 0o600 });
  return file;
}

async function prepare(options: EnvironmentOptions): Promise<Environment> {
  const { state, progress, isDurable } = options;
  requireCluster(options);
  const [postgresUrl, temporal, cluster] = await allEnded([
    progress.step('Postgres', async () => ensurePostgres({ state, isDurable })),
    progress.step('Temporal', async () => ensureTemporal(state)),
    ensureCluster({ state, progress, isDurable, choice: options }),
  ] as const);
  return { ...cluster, stateDir: state.directory, postgresUrl, temporal, apiPort: options.apiPort };
}

async function stopAll(state: State): Promise<void> {
  await stopDaemon(state, 'serve', 'SIGTERM', 20);
  await Promise.all([
    stopTemporal(state),
    stopPostgres(state),
    ...(process.platform === 'linux' && process.getuid?.() === 0
      ? [stopPrivateCluster(state)]
      : []),
  ]);
  state.update((file) => {
    delete file.kept;
  });
}

/** Runs work while nobody prepares or stops the environment. */
export async function withEnvironmentLock<T>(state: State, work: () => Promise<T>): Promise<T> {
  return withLock(lockFile(state), work);
}

function lockFile(state: State): string {
  return state.path('lock');
}
