/** One line of the result. */
import type { LoadResult } from './load.ts';

/** What a measure must reach: more a second, or fewer milliseconds. */
export interface Target {
  readonly perSecond?: number;
  readonly median?: number;
  readonly p99?: number;
}

/** A measure, what it came to, and what it should come to. */
export interface ApiFigure {
  readonly measure: string;
  readonly perSecond?: number;
  /** Milliseconds. */
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly target?: Target;
}

/** The figure of a load. */
export function toApiFigure(measure: string, result: LoadResult, target?: Target): ApiFigure {
  const { perSecond, median, p95, p99 } = result;
  return { measure, perSecond, median, p95, p99, ...(target && { target }) };
}

/** True when every part of the target is reached; undefined without one. */
export function isReached({ perSecond = 0, median, p99, target }: ApiFigure): boolean | undefined {
  if (target === undefined) return undefined;
  return (
    perSecond >= (target.perSecond ?? 0) &&
    median <= (target.median ?? Infinity) &&
    p99 <= (target.p99 ?? Infinity)
  );
}
