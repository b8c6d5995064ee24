/** The log: one JSON object a line on standard output. */
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

import { normalizeError } from '../errors/normalize.ts';

/** How a process logs. */
export interface LoggerOptions {
  readonly level: string;
  /** Which part of Orrery speaks, such as `api` or `worker`. */
  readonly role: string;
}

/** Members that are never written, at the top and one level down. */
const SECRETS = ['authorization', 'cookie', 'password', 'secret', 'token', 'connectionString'];

/**
 * Creates the logger of a process. Errors go under `err` and are written without credentials; messages are constant
 * texts, what varies goes into members.
 */
export function createLogger(options: LoggerOptions, destination?: DestinationStream): Logger {
  return pino(
    {
      level: options.level,
      base: { role: options.role },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: normalizeError },
      redact: {
        paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`]),
        censor: '********',
      },
    },
    destination ?? pino.destination({ sync: true }),
  );
}
