/** One part of the bench. */
import type { Figure } from './figure.ts';

/** How much is measured. */
export interface Extent {
  readonly isQuick: boolean;
  /** How many tasks, pods or pairs the user asked for in place of the part's own number. */
  readonly tasks?: number;
}

/** What a part found. */
export interface Findings {
  readonly figures: readonly Figure[];
  /** Sentences for the head of the table. */
  readonly notes: readonly string[];
}

/** Measures; `say` tells people how far it is. Throws when something did not work as it should. */
export type Part = (extent: Extent, say: (line: string) => void) => Promise<Findings>;

/** The number of an extent: what the user asked for, or the part's own. */
export function countOf({ isQuick, tasks }: Extent, own: { quick: number; full: number }): number {
  return tasks ?? (isQuick ? own.quick : own.full);
}
