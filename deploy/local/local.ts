import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { ROOT } from './directories.ts';
import { stopEnvironment, withEnvironmentLock } from './environment.ts';
import { findOnPath } from './find-on-path.ts';
import { userKubeconfig } from './kubernetes/cluster.ts';
import { createImageLoader } from './kubernetes/image-loader.ts';
import { findKube } from './kubernetes/kube-binary.ts';
import { describeError, LocalError } from './local-error.ts';
import { parseLocalOptions } from './options.ts';
import { isRunning } from './process-record.ts';
import { openState, type State } from './state.ts';
import { describeStatus } from './status.ts';

const HELP = `npm run local -- [--state DIR | --test] COMMAND
  status               what runs and where
  stop                 end all of it; the state stays
  kubectl ARGUMENTS    kubectl with the environment's cluster
  load-image FILE.tar  bring an OCI or Docker image archive to the cluster
--test means the environment of \`npm test\`.`;

async function main(): Promise<number> {
  const { command, rest, state: directory, isHelp } = parseLocalOptions(process.argv.slice(2));
  if (isHelp || command === undefined) {
    console.log(HELP);
    return isHelp ? 0 : 2;
  }
  const state = openState(directory);
  switch (command) {
    case 'status':
      console.log(describeStatus(state));
      return 0;
    case 'stop':
      await stopEnvironment(state);
      console.log(`Stopped what ran in ${state.directory}.`);
      return 0;
    case 'kubectl':
      return runKubectl(state, rest);
    case 'load-image':
      return loadImage(state, rest[0]);
    default:
      throw new LocalError(`There is no command ${command}.\n${HELP}`);
  }
}

async function runKubectl(state: State, args: readonly string[]): Promise<number> {
  const { context, processes } = state.file;
  if (context === undefined && !isRunning(processes.cluster)) throw notRunning(state);
  const [command, own] =
    context === undefined
      ? [
          await findKube(() => undefined),
          ['kubectl', '--kubeconfig', state.path('cluster', 'admin.kubeconfig')],
        ]
      : [requireKubectl(), ['--kubeconfig', userKubeconfig(), '--context', context]];
  // kubectl is told of Ctrl-C by the terminal itself; the folder is the one the user called npm in.
  const cwd = process.env['INIT_CWD'] ?? ROOT;
  return spawnSync(command, [...own, ...args], { stdio: 'inherit', cwd }).status ?? 1;
}

async function loadImage(state: State, file: string | undefined): Promise<number> {
  const archive = path.resolve(process.env['INIT_CWD'] ?? '.', file ?? '');
  if (file === undefined || !existsSync(archive)) {
    throw new LocalError(
      `There is no file ${file ?? '(none given)'}: load-image takes an image archive, as \`docker save\` writes it.`,
    );
  }
  const { context, processes } = state.file;
  if (context === undefined && !isRunning(processes.cluster)) throw notRunning(state);
  await withEnvironmentLock(state, async () => createImageLoader(state, context).load(archive));
  console.log(`Loaded ${archive}.`);
  return 0;
}

function requireKubectl(): string {
  const kubectl = findOnPath('kubectl');
  if (kubectl === undefined)
    throw new LocalError(
      'kubectl is not on the PATH: install it to look into a cluster of your own.',
    );
  return kubectl;
}

function notRunning(state: State): LocalError {
  return new LocalError(
    `No cluster runs in ${state.directory}: start it with \`npm start\` (or name another place with --state).`,
  );
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(describeError(error));
  return 1;
});
