/** One watch, from its first event to its end. */
import { StringDecoder } from 'node:string_decoder';

import { ApiError } from './api-error.ts';
import type { ApiObject, Followed, WatchTimes } from './follow-resource.ts';
import type { Status } from './objects.ts';

type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: T }
  | { readonly type: 'ERROR'; readonly object: Status };

/**
 * Hands on events until the server ends the watch, as it does when its time is over. Throws when the connection
 * breaks, falls silent or tells an error, such as 410 for a version too old: then the next list finds what was missed.
 */
export async function watchOnce<T extends ApiObject>(
  what: Followed<T>,
  version: string,
  times: Pick<WatchTimes, 'watchSeconds' | 'silenceMs'>,
): Promise<void> {
  const silence = createSilenceGuard(times.silenceMs);
  const signal = AbortSignal.any([what.signal, silence.signal]);
  const seconds = Math.ceil(times.watchSeconds * (0.8 + 0.4 * Math.random()));
  try {
    const stream = await what.api.stream(
      {
        method: 'GET',
        path: what.path,
        query: {
          watch: 'true',
          allowWatchBookmarks: 'true',
          resourceVersion: version,
          timeoutSeconds: String(seconds),
          ...(what.labelSelector === undefined ? {} : { labelSelector: what.labelSelector }),
        },
      },
      signal,
    );
    for await (const line of readLines(stream)) {
      silence.heard();
      dispatch(what, JSON.parse(line) as WatchEvent<T>);
    }
  } finally {
    silence.clear();
  }
}

function dispatch<T extends ApiObject>(what: Followed<T>, event: WatchEvent<T>): void {
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
      what.onItem(event.object);
      return;
    case 'DELETED':
      what.onGone(event.object);
      return;
    case 'BOOKMARK':
      return;
    case 'ERROR': {
      const { code = 500, reason = '', message = '' } = event.object;
      throw new ApiError(code, reason, message);
    }
  }
}

/** Aborts when nothing was heard for too long, which a connection to a vanished server never tells by itself. */
function createSilenceGuard(ms: number) {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new Error(`the watch was silent for ${ms} ms`));
  }, ms);
  return {
    signal: controller.signal,
    heard: () => {
      timer.refresh();
    },
    clear: () => {
      clearTimeout(timer);
    },
  };
}

/** Whole lines of a stream; what follows the last line break was cut off and is dropped. */
async function* readLines(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
}
