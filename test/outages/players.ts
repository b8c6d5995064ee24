/** The tasks of a run as they were submitted. */
import type { FinalState } from '../../src/tes/state.ts';
import type { ApiDoor } from '../chaos/api-door.ts';
import { fateNamed } from '../chaos/fates.ts';
import type { Submission, Submissions } from '../chaos/submissions.ts';
import type { Part } from './cast.ts';

/** One accepted task with its part. */
export interface Player extends RoleOf {
  readonly submission: Submission;
}

/** What a task is for. */
export interface RoleOf {
  readonly part: Part;
  readonly end: FinalState;
}

/** All of them. */
export interface Players {
  /** Submits until it is accepted; a `key` that was sent before means the same task. */
  submit(role: RoleOf, task: object, key?: string): Promise<Player>;
  /** Notes a task that was accepted elsewhere. */
  add(role: RoleOf, id: string): Player;
  readonly cancel: (player: Player) => Promise<void>;
  of(...parts: readonly Part[]): readonly Player[];
  all(): readonly Player[];
}

/** How the proofs of chaos know what must come of a task. */
const FATES: Readonly<Partial<Record<FinalState, 'long' | 'exit-code'>>> = {
  COMPLETE: 'long',
  CANCELED: 'long',
  EXECUTOR_ERROR: 'exit-code',
};

/** Nobody yet. */
export function createPlayers(door: ApiDoor, submissions: Submissions, run: string): Players {
  const players: Player[] = [];
  let keys = 0;

  const add: Players['add'] = ({ part, end }, id) => {
    const submission: Submission = {
      ...{ id, serial: players.length, acceptedAt: Date.now() },
      ...{ fate: fateNamed(FATES[end] ?? 'long'), spoiled: 0, takenPods: new Set<string>() },
    };
    submissions.add(submission);
    const player = { part, end, submission };
    players.push(player);
    return player;
  };

  return {
    add,
    async submit(role, task, key) {
      keys += 1;
      return add(role, await door.submit(task, key ?? `${run}-${keys}`));
    },
    cancel: async ({ submission }) => {
      submission.cancelSentAt = Date.now();
      if (await door.cancel(submission.id)) submission.cancelTakenAt = Date.now();
    },
    of: (...parts) => players.filter(({ part }) => parts.includes(part)),
    all: () => players,
  };
}
