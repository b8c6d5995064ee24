import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { pickStarts, type Turn, type Waiting } from '../../../src/store/pick-starts.ts';

const NOTHING = { pods: 0, inlineBytes: 0 };
const LIMITS = { pods: 100, inlineBytes: 100, ownerPods: 100, ownerInlineBytes: 100 };

/** An owner whose small tasks are named after them: a1, a2, … */
function aTurn(owner: string, small: number, members: Partial<Turn> = {}): Turn {
  const tasks = Array.from({ length: small }, (_, index) => ({
    taskId: `${owner}${index + 1}`,
    inlineBytes: 0,
    priority: 0,
  }));
  return { owner, alive: NOTHING, small: tasks, large: [], ...members };
}

const aLarge = (taskId: string, inlineBytes: number, priority = 0) => ({
  taskId,
  inlineBytes,
  priority,
});

function pick(turns: readonly Turn[], members: Partial<Waiting> = {}) {
  return pickStarts({ alive: NOTHING, turns, budget: 64, limits: LIMITS, ...members });
}

describe('pickStarts', () => {
  it('gives every owner one start before it gives anybody a second one', () => {
    const turns = [aTurn('a', 9), aTurn('b', 1), aTurn('c', 2)];

    expect(pick(turns, { budget: 5 }).taskIds).toEqual(['a1', 'b1', 'c1', 'a2', 'c2']);
  });

  it('says after whom the next round begins', () => {
    expect(pick([aTurn('a', 9), aTurn('b', 9)], { budget: 3 }).last).toBe('a');
    expect(pick([aTurn('a', 9)], { budget: 0 }).last).toBeUndefined();
  });

  it('starts no more pods than are free in all and of one owner', () => {
    const limits = { ...LIMITS, pods: 10, ownerPods: 3 };
    const turns = [aTurn('a', 9, { alive: { pods: 2, inlineBytes: 0 } }), aTurn('b', 9)];

    expect(pick(turns, { limits }).taskIds).toEqual(['a1', 'b1', 'b2', 'b3']);
    expect(pick(turns, { limits, alive: { pods: 8, inlineBytes: 0 } }).taskIds).toHaveLength(2);
  });

  it('starts what has the higher priority first, whether its document is small or large, then the older one', () => {
    const small = { taskId: 'a2', inlineBytes: 0, priority: 1 };
    const order = (priority: number, taskId: string) =>
      pick([aTurn('a', 0, { small: [small], large: [aLarge(taskId, 9, priority)] })]).taskIds;

    expect(order(0, 'a1')).toEqual(['a2', 'a1']);
    expect(order(1, 'a1')).toEqual(['a1', 'a2']);
    expect(order(1, 'a3')).toEqual(['a2', 'a3']);
    expect(order(2, 'a3')).toEqual(['a3', 'a2']);
  });

  it('lets small documents pass a large one that waits for room, but no other large one', () => {
    const a = aTurn('a', 1, { large: [aLarge('a0', 60)] });
    const b = aTurn('b', 1, { large: [aLarge('b0', 10)] });
    const picked = pick([a, b], { alive: { pods: 1, inlineBytes: 50 } });

    expect(picked.taskIds).toEqual(['a1', 'b1']);
    expect(picked.first).toBe('a');
  });

  it('starts the large document that waits longest before any other large one', () => {
    const waiting = aTurn('z', 0, { large: [aLarge('z1', 60)] });
    const other = aTurn('b', 0, { large: [aLarge('b1', 60)] });

    expect(pick([other], { first: waiting }).taskIds).toEqual(['z1']);
    expect(pick([other], { first: waiting }).first).toBe('b');
  });

  it('keeps the turn of a large document while there is no pod to start', () => {
    const waiting = aTurn('z', 0, { large: [aLarge('z1', 60)] });

    expect(pick([], { first: waiting, alive: { pods: 100, inlineBytes: 0 } }).first).toBe('z');
  });

  it('holds the large documents of an owner at their own limit without holding those of others', () => {
    const limits = { ...LIMITS, ownerInlineBytes: 20 };
    const a = aTurn('a', 0, { alive: { pods: 1, inlineBytes: 15 }, large: [aLarge('a1', 10)] });
    const b = aTurn('b', 0, { large: [aLarge('b1', 20)] });
    const picked = pick([a, b], { limits, alive: { pods: 1, inlineBytes: 15 } });

    expect(picked.taskIds).toEqual(['b1']);
    expect(picked.fullInline).toEqual(['a']);
    expect(picked.first).toBeUndefined();
  });

  it('starts a document above the limit when no other counts, because it would wait for ever', () => {
    const a = aTurn('a', 0, { large: [aLarge('a1', 500), aLarge('a2', 1)] });

    expect(pick([a]).taskIds).toEqual(['a1']);
  });

  it('moves on past owners who can only wait', () => {
    const a = aTurn('a', 0, { large: [aLarge('a1', 10)] });

    expect(pick([a], { alive: { pods: 1, inlineBytes: 99 } }).last).toBe('a');
  });

  it('starts each owner oldest first, small and large together', () => {
    const a = aTurn('a', 3, { large: [aLarge('a0', 1), aLarge('a2x', 1)] });

    expect(pick([a]).taskIds).toEqual(['a0', 'a1', 'a2', 'a2x', 'a3']);
  });

  it('never exceeds a limit and never starts a task twice, whatever waits', () => {
    const turn = (owner: string) =>
      fc
        .tuple(fc.nat(8), fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 5 }), fc.nat(20))
        .map(([small, sizes, pods]) =>
          aTurn(owner, small, {
            alive: { pods, inlineBytes: 0 },
            large: sizes.map((size, index) => aLarge(`${owner}${index}x`, size)),
          }),
        );
    const turns = fc.tuple(turn('a'), turn('b'), turn('c'));
    fc.assert(
      fc.property(turns, fc.nat(70), fc.nat(64), fc.nat(2), (owners, pods, budget, first) => {
        const limits = { pods: 60, inlineBytes: 150, ownerPods: 25, ownerInlineBytes: 120 };
        const alive = { pods, inlineBytes: 0 };
        const turn = owners[first];
        const picked = pick(owners, { limits, alive, budget, ...(turn && { first: turn }) });
        expect(new Set(picked.taskIds).size).toBe(picked.taskIds.length);
        expect(picked.taskIds.length).toBeLessThanOrEqual(budget);
        expect(picked.alive.pods).toBe(pods + picked.taskIds.length);
        expect(picked.alive.pods).toBeLessThanOrEqual(Math.max(pods, limits.pods));
        expect(picked.alive.inlineBytes).toBeLessThanOrEqual(limits.inlineBytes);
      }),
    );
  });
});
