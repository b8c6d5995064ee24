import type { IncomingMessage, ServerResponse } from 'node:http';

import { describe, expect, it } from '@jest/globals';

import { createApiClient } from '../../../src/kubernetes/api-client.ts';
import { createPodWatch } from '../../../src/kubernetes/list-watch.ts';
import type { ScriptedApi } from '../../support/scripted-api.ts';
import { startScriptedApi } from '../../support/scripted-api.ts';

type Step = (response: ServerResponse, url: URL) => void;

const aPod = (name: string) => ({ metadata: { name, uid: `uid-${name}` } });
const listed = (names: string[], more?: string): Step => {
  return (response) => {
    const metadata = { resourceVersion: '7', ...(more === undefined ? {} : { continue: more }) };
    response.end(JSON.stringify({ metadata, items: names.map(aPod) }));
  };
};
const events = (...pairs: [string, unknown][]): Step => {
  return (response) => {
    for (const [type, object] of pairs) {
      response.write(`${JSON.stringify({ type, object })}\n`);
    }
  };
};
const ending = (step: Step): Step => {
  return (response, url) => {
    step(response, url);
    response.end();
  };
};
const refused = (status: number, message = 'no'): Step => {
  return (response) => {
    response.writeHead(status).end(JSON.stringify({ message }));
  };
};

/** What was told, in order, until a line of it matches; the watch is stopped then. */
async function follow(
  steps: Step[],
  until: RegExp,
  nodes: Step = refused(403),
): Promise<{ told: string[]; warnings: string[]; requests: readonly string[] }> {
  const rest = [...steps];
  await using server: ScriptedApi = await startScriptedApi(
    (request: IncomingMessage, response: ServerResponse) => {
      const url = new URL(request.url ?? '', 'http://server');
      if (url.pathname === '/api/v1/nodes') nodes(response, url);
      else rest.shift()?.(response, url);
    },
  );
  const told: string[] = [];
  const warnings: string[] = [];
  const { promise: heard, resolve } = Promise.withResolvers<boolean>();
  const tell = (line: string) => {
    told.push(line);
    if (until.test(line)) resolve(true);
  };
  const api = createApiClient(server.config);
  const watch = createPodWatch(
    api,
    { namespace: 'tasks', installation: 'me' },
    {
      log: { warn: (_fields, message) => void warnings.push(message) },
      times: { silenceMs: 200, maxPauseMs: 5 },
    },
  );
  await watch.start({
    onPod: (pod) => {
      tell(`pod ${pod.name}`);
      if (pod.name === 'broken') throw new Error('the handler fails');
    },
    onPodGone: (pod) => {
      tell(`gone ${pod.name}`);
    },
    onNode: (node) => {
      tell(`node ${node.name}`);
    },
    onNodeGone: (node) => {
      tell(`node gone ${node.name}`);
    },
    onPodsListed: (names) => {
      tell(`listed ${[...names].join(' ')}`);
    },
    onNodesListed: (names) => {
      tell(`nodes listed ${[...names].join(' ')}`);
    },
  });
  tell('started');
  await heard;
  await watch.stop();
  api.close();
  return { told, warnings, requests: server.requests.filter((one) => one.includes('/pods')) };
}

describe('createPodWatch', () => {
  it('lists all pages, then watches from the list’s version', async () => {
    const { told, requests } = await follow(
      [
        listed(['a', 'b'], 'page-2'),
        listed(['c']),
        events(
          ['ADDED', aPod('d')],
          ['BOOKMARK', {}],
          ['MODIFIED', aPod('a')],
          ['DELETED', aPod('b')],
        ),
      ],
      /gone b/,
    );

    expect(told).toEqual([
      'pod a',
      'pod b',
      'pod c',
      'listed a b c',
      'started',
      'pod d',
      'pod a',
      'gone b',
    ]);
    expect(requests).toEqual([
      'GET /api/v1/namespaces/tasks/pods?limit=500&labelSelector=orrery.dev%2Finstallation%3Dme',
      'GET /api/v1/namespaces/tasks/pods?limit=500&labelSelector=orrery.dev%2Finstallation%3Dme&continue=page-2',
      expect.stringMatching(
        /watch=true&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=\d+/,
      ),
    ]);
  });

  it.each<[string, Step]>([
    ['ends in time', ending(events(['ADDED', aPod('b')]))],
    ['is refused with 410', refused(410, 'too old resource version')],
    ['tells 410', events(['ERROR', { code: 410, reason: 'Expired', message: 'too old' }])],
    [
      'is reset',
      (response) => {
        response.write('\n', () => response.socket?.resetAndDestroy());
      },
    ],
    [
      'is cut in the middle of a line',
      (response) => {
        response.write('{"type":"ADDED","obj');
        response.end();
      },
    ],
    [
      'sends what is no JSON',
      (response) => {
        response.write('<html>\n');
      },
    ],
    ['falls silent', events(['BOOKMARK', {}])],
  ])('lists anew when a watch %s', async (_how, step) => {
    const { told } = await follow(
      [listed(['a']), step, listed(['a', 'z']), events()],
      /listed a z/,
    );

    expect(told.filter((line) => line.startsWith('listed'))).toEqual(['listed a', 'listed a z']);
  });

  it.each<[string, Step[]]>([
    ['fails', [refused(500)]],
    ['is forbidden', [refused(403)]],
    ['has pages that expire', [listed(['a'], 'page-2'), refused(410)]],
    ['is reset', [(response) => void response.socket?.resetAndDestroy()]],
  ])('starts only after a whole list, when one %s too', async (_how, steps) => {
    const { told, warnings } = await follow([...steps, listed(['a']), events()], /started/);

    expect(told.filter((line) => !line.startsWith('pod'))).toEqual(['listed a', 'started']);
    expect(warnings).toContain('list or watch failed, listing anew');
  });

  it('survives a handler that fails', async () => {
    const { told, warnings } = await follow(
      [listed(['broken', 'a']), events(['ADDED', aPod('broken')], ['ADDED', aPod('b')])],
      /pod b$/,
    );

    expect(told).toEqual([
      'pod broken',
      'pod a',
      'listed broken a',
      'started',
      'pod broken',
      'pod b',
    ]);
    expect(warnings).toContain('a handler of watched objects failed');
  });

  it('goes on without nodes, and says so once, where they may not be read', async () => {
    const { warnings } = await follow([listed([]), events(['ADDED', aPod('b')])], /pod b/);

    expect(warnings).toEqual(['these objects may not be read, going on without them']);
  });

  it('tells of nodes where they may be read', async () => {
    const nodes: Step = (response, url) => {
      const step = url.searchParams.has('watch')
        ? events(['DELETED', aPod('node-1')])
        : listed(['node-1']);
      step(response, url);
    };

    const { told } = await follow([listed([]), events()], /node gone/, nodes);

    expect(told).toEqual(expect.arrayContaining(['node node-1', 'node gone node-1']));
  });
});
