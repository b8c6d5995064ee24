/** The wish to cancel, as the workflow meets it: recorded in the row before anything acts on it. */
import { CancellationScope } from '@temporalio/workflow';

/** A cancel that may come at any time. */
export interface CancelWish {
  readonly asked: boolean;
  /** Resolves when the cancel comes; stays pending otherwise. */
  readonly promise: Promise<'canceled'>;
  /** Waits until a cancel that already came is recorded. */
  recorded(): Promise<void>;
}

/**
 * Runs the story in a non-cancellable scope: a cancel interrupts nothing, it is a fact the story reacts to.
 * The wish is recorded at once, so that a cancel from the Temporal UI is the same as one through the API.
 */
export async function withCancelWish<Result>(
  record: () => Promise<void>,
  story: (wish: CancelWish) => Promise<Result>,
): Promise<Result> {
  const scope = CancellationScope.current();
  return CancellationScope.nonCancellable(async () => {
    let recording: Promise<void> | undefined;
    const promise = scope.cancelRequested.catch((): 'canceled' => {
      recording ??= record();
      return 'canceled';
    });
    return story({
      get asked() {
        return scope.consideredCancelled;
      },
      promise,
      async recorded() {
        // One turn later a cancel in the same workflow task as the start has reached the scope.
        await Promise.resolve();
        if (scope.consideredCancelled) await promise;
        await recording;
      },
    });
  });
}
