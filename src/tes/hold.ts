/** Why a task is not started although it could be. */

/** What a limit counts, and of whom. */
export type LimitName = 'pods' | 'inline' | 'owner-pods' | 'owner-inline';

/** A limit that is reached, with the number in force, or the words in which Kubernetes refuses pods. */
export type Hold =
  | { readonly by: LimitName; readonly most: number }
  | { readonly by: 'refusals'; readonly reason: string };

const LIMITS: Readonly<Record<LimitName, (most: number) => string>> = {
  pods: (most) => `at most ${most} pods may be alive at once`,
  'owner-pods': (most) => `at most ${most} pods of one owner may be alive at once`,
  inline: (most) => `at most ${most} bytes of large documents may be alive at once`,
  'owner-inline': (most) =>
    `at most ${most} bytes of large documents of one owner may be alive at once`,
};

/** The hold as one sentence for the user. */
export function describeHold(hold: Hold): string {
  return hold.by === 'refusals'
    ? `The task waits to be dispatched: Kubernetes refuses new pods for now (${hold.reason}).`
    : `The task is held by limit: ${LIMITS[hold.by](hold.most)}.`;
}
