/** A launcher that remembers what it was told, in place of Temporal. */
import type { TaskLauncher } from '../../../src/temporal/ports.ts';

export interface FakeLauncher extends TaskLauncher {
  readonly started: string[];
  readonly canceled: string[];
  /** From now on every call fails with this error, or works again. */
  failWith(error: Error | undefined): void;
  /** From now on calls wait until the returned function is called. */
  hold(): () => void;
}

/** A launcher whose calls succeed at once. */
export function createFakeLauncher(): FakeLauncher {
  const started: string[] = [];
  const canceled: string[] = [];
  let failure: Error | undefined;
  let held: Promise<void> = Promise.resolve();

  const call = async (told: string[], taskId: string): Promise<'open'> => {
    await held;
    if (failure) throw failure;
    told.push(taskId);
    return 'open';
  };

  return {
    started,
    canceled,
    launch: ({ taskId, desired }) => call(desired === 'start' ? started : canceled, taskId),
    failWith(error) {
      failure = error;
    },
    hold() {
      const gate = Promise.withResolvers<undefined>();
      held = gate.promise;
      return () => {
        gate.resolve(undefined);
      };
    },
  };
}
