/** Submits tasks at a bounded rate, as many as are needed, and cancels some of them at a random moment. */
import { setTimeout as pause } from 'node:timers/promises';

import type { ApiDoor } from './api-door.ts';
import type { Fate } from './fates.ts';
import type { Random } from './random.ts';
import type { Submission, Submissions } from './submissions.ts';

/** What is submitted. */
export interface GeneratorOptions {
  readonly tasks: number;
  readonly seed: number;
  /** The time over which these are spread, in milliseconds; further ones follow at the same rate. */
  readonly spreadMs: number;
  /** Whether further ones are needed, although there are as many as asked for. */
  readonly lacksHits: () => boolean;
  /** Whether the time is over, whatever is lacking. */
  readonly isOver: () => boolean;
  /** No task is submitted while so many are open. */
  readonly maxOpen: number;
  readonly door: ApiDoor;
  readonly random: Random;
  readonly submissions: Submissions;
  readonly fates: readonly Fate[];
  /** The share of tasks that are cancelled; that of their fates where it is undefined. */
  readonly canceledShare: number | undefined;
  readonly build: (fate: Fate, random: Random) => object;
  readonly countOpen: () => number;
  readonly signal: AbortSignal;
}

const AT_ONCE_SHARE = 0.2;
const CANCELED_SHARE = 0.15;
const LATEST_CANCEL_MS = 15_000;
const IN_FLIGHT = 8;

/** Resolves when enough tasks are accepted and all cancels answered. Rejects when a task is refused. */
export async function generate(options: GeneratorOptions): Promise<void> {
  const { tasks, spreadMs, signal, lacksHits, isOver } = options;
  const cancels: Promise<void>[] = [];
  const inFlight = new Set<Promise<void>>();
  const begun = Date.now();

  for (let serial = 0; ; serial += 1) {
    const due = begun + (spreadMs * serial) / tasks;
    const isWanted = (): boolean => !isOver() && (serial < tasks || lacksHits());
    while (isWanted() && (Date.now() < due || isFull(options, inFlight.size))) {
      signal.throwIfAborted();
      await pause(20);
    }
    if (!isWanted()) break;
    const planned = plan(options, serial);
    const submitting = submitOne(options, planned, cancels).finally(() => {
      inFlight.delete(submitting);
    });
    inFlight.add(submitting);
    submitting.catch(() => undefined);
    if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
  await Promise.all(cancels);
}

interface Planned {
  readonly serial: number;
  readonly fate: Fate;
  readonly task: object;
  readonly cancelAfterMs: number | undefined;
}

/** All choices of one task, made in the order of the serials so that a seed repeats them. */
function plan({ random, build, fates, canceledShare }: GeneratorOptions, serial: number): Planned {
  const fate = random.weighted(fates, ({ weight }) => weight) ?? random.pick(fates);
  const isCanceled = random.chance(canceledShare ?? fate.canceledShare ?? CANCELED_SHARE);
  const delay = random.chance(AT_ONCE_SHARE)
    ? random.between(0, 250)
    : random.between(0, LATEST_CANCEL_MS);
  return { serial, fate, task: build(fate, random), cancelAfterMs: isCanceled ? delay : undefined };
}

function isFull({ countOpen, maxOpen }: GeneratorOptions, inFlight: number): boolean {
  return countOpen() + inFlight >= maxOpen;
}

async function submitOne(
  { door, seed, submissions }: GeneratorOptions,
  { serial, fate, task, cancelAfterMs }: Planned,
  cancels: Promise<void>[],
): Promise<void> {
  const id = await door.submit(task, `chaos-${seed}-${serial}`);
  const submission: Submission = {
    ...{ id, serial, fate, acceptedAt: Date.now() },
    ...{ spoiled: 0, takenPods: new Set() },
  };
  submissions.add(submission);
  if (cancelAfterMs === undefined) return;
  const canceling = cancelLater(door, submission, cancelAfterMs);
  canceling.catch(() => undefined);
  cancels.push(canceling);
}

async function cancelLater(door: ApiDoor, submission: Submission, ms: number): Promise<void> {
  await pause(ms);
  submission.cancelSentAt = Date.now();
  if (await door.cancel(submission.id)) submission.cancelTakenAt = Date.now();
}
