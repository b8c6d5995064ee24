import type { FastifyInstance } from 'fastify';

import { TesError } from '../../errors/tes-error.ts';
import { InvalidRequest } from '../../tes/problems.ts';

/** No TES document is nested deeper than ten levels; the rest keeps every later walk far from the end of the stack. */
const MAX_DEPTH = 64;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads every body as JSON, whatever its content type says: curl sends forms, some clients nothing at all.
 * An empty body becomes `undefined`. Nothing is coerced.
 */
export function useJsonBodies(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    // Fastify refuses a content type that it cannot read before it asks any parser.
    delete request.raw.headers['content-type'];
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      refuseCompression(request.headers['content-encoding']);
      done(null, parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Takes any body and looks at none of it. */
export function ignoreBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => {
    done(null, undefined);
  });
}

function parseJson(body: Buffer): unknown {
  const text = decode(body);
  if (text.trim() === '') return undefined;
  const value = parseText(text);
  const objection = findObjection(value, MAX_DEPTH);
  if (objection !== undefined) refuse(objection);
  return value;
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    return refuse('The body is not valid UTF-8; send JSON encoded as UTF-8.');
  }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`The body is not valid JSON: ${(error as SyntaxError).message}.`);
  }
}

/** Why a value is refused although it is JSON; the recursion ends at the depth it forbids. */
function findObjection(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === 0) return `The body is nested deeper than ${MAX_DEPTH} levels.`;
  if (Object.hasOwn(value, '__proto__')) return 'The body must not use the key "__proto__".';
  for (const member of Object.values(value)) {
    const objection = findObjection(member, depth - 1);
    if (objection !== undefined) return objection;
  }
  return undefined;
}

function refuseCompression(encoding: string | undefined): void {
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new TesError(
    'UnsupportedMediaType',
    'The body is compressed (Content-Encoding); send it uncompressed.',
  );
}

function refuse(message: string): never {
  throw new InvalidRequest([{ pointer: '', message }]);
}
