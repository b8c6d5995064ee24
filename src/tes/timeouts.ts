/** The backend parameter `timeouts`: how long a task may wait, pull, run and take in all. */
import type { TimeoutLimits } from './offers.ts';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const KINDS = { queue: 'queueMs', pull: 'pullMs', run: 'runMs', total: 'totalMs' } as const;

const ITEM = /^(queue|pull|run|total)=(\d{1,8})(s|m|h|d)?$/;

/** A year; no deadline of the configuration is longer. */
const LONGEST_SECONDS = 31_536_000;

const REMEDY = 'write it as in "queue=2h,run=30m,total=1d", with s, m, h or d behind whole numbers';

/** The asked timeouts, or what is wrong with the text as the end of a sentence. */
export type Timeouts = { readonly value: TimeoutLimits } | { readonly fault: string };

/** Reads `queue=2h,pull=600,run=30m,total=1d`, each at most once; a number without a unit is seconds. */
export function readTimeouts(text: string): Timeouts {
  const value: { -readonly [Key in keyof TimeoutLimits]: number } = {};
  for (const item of text.split(',').map((part) => part.trim())) {
    const [, kind, number, unit = 's'] = ITEM.exec(item) ?? [];
    if (kind === undefined || number === undefined) return { fault: `is malformed; ${REMEDY}` };
    const seconds = Number(number) * SECONDS[unit as keyof typeof SECONDS];
    if (seconds < 1 || seconds > LONGEST_SECONDS) {
      return { fault: `has a ${kind} timeout that is not between 1 s and 365 d; ${REMEDY}` };
    }
    const name = KINDS[kind as keyof typeof KINDS];
    if (value[name] !== undefined) return { fault: `names ${kind} twice; ${REMEDY}` };
    value[name] = seconds * 1000;
  }
  return { value };
}

/** Which timeout is longer than an administrator allows, as the end of a sentence; undefined when none is. */
export function timeoutFault(asked: TimeoutLimits, longest: TimeoutLimits): string | undefined {
  for (const [kind, name] of Object.entries(KINDS)) {
    const wanted = asked[name];
    const most = longest[name];
    if (wanted === undefined || most === undefined || wanted <= most) continue;
    return `has a ${kind} timeout of ${wanted / 1000} s; at most ${most / 1000} s are allowed here`;
  }
  return undefined;
}
