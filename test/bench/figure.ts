/** One line of the result. */
import { summarize, type Summary } from './statistics.ts';

/** A measure with what it came to. */
export interface Figure extends Summary {
  readonly measure: string;
  readonly unit: 'ms' | 's' | '/s' | 'events' | 'cores' | 'MiB' | 'KiB';
  /** What it should reach, as the design of Orrery says. */
  readonly target?: string;
}

/** Sums up measurements; a rate (`/s`) is better when it is high, all else when it is low. */
export function toFigure(
  measure: string,
  unit: Figure['unit'],
  values: readonly number[],
  target?: string,
): Figure {
  const summary = summarize(values, unit === '/s' ? 'high' : 'low');
  return { measure, unit, ...summary, ...(target !== undefined && { target }) };
}
