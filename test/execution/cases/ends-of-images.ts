/** Images that cannot be had, and containers that cannot be made or keep crashing. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Chapter, Given } from '../case.ts';
import { sabotaged } from '../sabotage.ts';
import { sh } from '../tasks.ts';

const NOWHERE = 'registry.invalid/none:1';

/** A registry in reach of the node that answers everything alike. */
async function startRegistry(status: number, code: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const registries = { unknown: '', denied: '' };

/** Starts the registries of these cases; they end with the process. */
export async function startRegistries(): Promise<void> {
  registries.unknown = await startRegistry(404, 'MANIFEST_UNKNOWN');
  registries.denied = await startRegistry(403, 'DENIED');
}

const withImage = (image: () => string) => () => ({
  executors: [{ image: image(), command: ['true'] }],
});

/** A task whose executor leads to a container that cannot be. */
const spoiled = (sabotage: Parameters<typeof sabotaged>[0]) => sh('true', sabotaged(sabotage));

export const ENDS_OF_IMAGES: Chapter = {
  title: 'Ends: images and containers',
  intro:
    'What an image of the user cannot do is the fault of the task and final; what may heal is tried for a while and then in another attempt.',
  cases: [
    {
      sentence: 'An image that its registry does not know ends the task at once.',
      task: withImage(() => `${registries.unknown}/none:1`),
      state: 'SYSTEM_ERROR',
      proves: 'imageNotFound',
      expected: { reason: /none:1/ },
    },
    {
      sentence: 'An image that its registry refuses ends the task at once.',
      task: withImage(() => `${registries.denied}/secret:1`),
      state: 'SYSTEM_ERROR',
      proves: 'imageDenied',
      expected: { reason: /secret:1/ },
    },
    {
      sentence:
        'An image of a registry out of reach is tried for a while and then in another attempt.',
      task: () => ({
        executors: [{ image: NOWHERE, command: ['true'] }],
        resources: { backend_parameters: { max_retries: '1' } },
      }),
      state: 'SYSTEM_ERROR',
      proves: 'imagePullFailed',
      facts: { image: NOWHERE },
      expected: { attempts: 2, reason: /registry\.invalid\/none:1/ },
    },
    {
      sentence: 'The image of a later executor never hides the failure of an earlier one.',
      task: ({ image }: Given) => ({
        executors: [
          { image, command: ['sh', '-c', 'exit 5'] },
          { image: NOWHERE, command: ['true'] },
        ],
      }),
      state: 'EXECUTOR_ERROR',
      expected: { exitCodes: [5], reason: /exit code 5/ },
    },
    {
      sentence: 'A reference that no container runtime can read ends the task at once.',
      task: spoiled('bad-name'),
      state: 'SYSTEM_ERROR',
      proves: 'imageInvalid',
      facts: { image: 'Not/An Image', container: 'executor-0' },
    },
    {
      sentence: 'An image that is not on the node and may not be pulled ends the task at once.',
      task: spoiled('never-pulled'),
      state: 'SYSTEM_ERROR',
      proves: 'imageNotPresent',
      facts: { image: 'orrery.invalid/none:1' },
    },
    {
      sentence: 'An image that runs as root where that is forbidden ends the task at once.',
      task: spoiled('no-root'),
      state: 'SYSTEM_ERROR',
      proves: 'containerConfigInvalid',
    },
    {
      sentence: 'A container that the runtime cannot create ends the task at once.',
      task: spoiled('no-profile'),
      state: 'SYSTEM_ERROR',
      proves: 'containerCreateFailed',
    },
    {
      sentence: 'A container that the runtime cannot start ends the task at once.',
      task: spoiled('no-program'),
      state: 'SYSTEM_ERROR',
      proves: 'containerStartFailed',
    },
    {
      sentence:
        'An executor whose shim cannot get through is given up after more than five restarts.',
      task: spoiled('crashing-executor'),
      state: 'SYSTEM_ERROR',
      proves: 'restartLoop',
      withinSeconds: 500,
    },
    {
      sentence:
        'A stage of our own that cannot get through is given up after more than five restarts, and is trouble of the infrastructure.',
      task: spoiled('crashing-inputs'),
      state: 'SYSTEM_ERROR',
      proves: 'stageCrashed',
      withinSeconds: 500,
    },
  ],
};
