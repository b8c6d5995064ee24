/** Postgres' errors, translated once where they leave the store. */
import { TransientError } from '../errors/tes-error.ts';

/** Classes of SQLSTATE that trying again may heal: connection, resources, operator intervention. */
const TRANSIENT_CLASSES = ['08', '53', '57'];

const TRANSIENT_STATES = new Set([
  '40001', // serialization failure
  '40P01', // deadlock
  '25P03', // idle in transaction for too long: this process was paused
  '25006', // read only: the primary has moved
  '55P03', // lock not available
]);

/** What the driver says without a code when the connection is not there. */
const DRIVER_MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|Query read timeout)/;

/** True when the error says that Postgres could not be asked, not that the question was wrong. */
export function isTransient(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const code = 'code' in error ? error.code : undefined;
  const message = 'message' in error ? error.message : undefined;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return true;
  if (typeof code === 'string' && code.length === 5) {
    return TRANSIENT_STATES.has(code) || TRANSIENT_CLASSES.includes(code.slice(0, 2));
  }
  return typeof message === 'string' && DRIVER_MESSAGES.test(message);
}

/** A TransientError for trouble that may heal, else the error as it is. */
export function translate(error: unknown): unknown {
  if (!isTransient(error)) return error;
  return new TransientError('The database cannot be reached; try again in a moment.', {
    cause: error,
  });
}

type Method = (...args: never[]) => Promise<unknown>;

/** The same port, whose methods throw TransientError instead of the driver's errors. */
export function withTranslatedErrors<Port extends object>(port: Port): Port {
  const methods = Object.entries(port).map(([name, method]: [string, Method]) => [
    name,
    async (...args: never[]) => {
      try {
        return await method(...args);
      } catch (error) {
        throw translate(error);
      }
    },
  ]);
  return Object.fromEntries(methods) as Port;
}
