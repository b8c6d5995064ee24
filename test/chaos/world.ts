/** The pods of a run, real or simulated: how fates become tasks, and what can be known of pods. */
import type { FateName } from './fates.ts';
import type { NodeHands } from './node-hands.ts';
import type { Random } from './random.ts';
import type { Mark } from './witness.ts';

/** One kind of pods. */
export interface World {
  /** The task namespace; undefined where the run makes one of its own. */
  readonly namespace: string | undefined;
  readonly nodes: NodeHands | undefined;
  build(fate: FateName, random: Random): object;
  /** What commands reported; absent where there are none. */
  readonly marks?: () => Promise<readonly Mark[]>;
  close(): Promise<void>;
}
