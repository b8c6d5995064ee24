/** One round of the dispatcher over the outbox: what it claims, and what it leaves for others to read. */
import { sql } from 'kysely';

import type { Database, Tx } from './database.ts';
import { CLAIMED, DUE, FRESH } from './due.ts';
import { type Found, lookAround } from './look-around.ts';
import { type Picked, pickStarts } from './pick-starts.ts';
import type { Dispatch, DispatchRound, StartLimits } from './ports.ts';
import { OPEN_CIRCUIT } from './refusals.ts';

interface LastRound {
  readonly start_after: string;
  readonly inline_first: string;
  /** Why Kubernetes refuses pods just now, if it does. */
  readonly refusal: string | null;
  /** True when it is time to try whether it still does. */
  readonly may_probe: boolean;
}

/** How often a start is tried while Kubernetes refuses pods. */
const PROBE = sql`interval '15 seconds'`;

/** A round asked for. */
export interface Asked {
  readonly limit: number;
  readonly limits: StartLimits;
}

/**
 * Claims within the limits. The row of the last round is locked first, so that of two rounds the second counts what the
 * first has claimed, and no fast claim comes between counting and claiming.
 */
export async function claimRound(db: Database, asked: Asked): Promise<DispatchRound> {
  return db.transaction().execute(async (tx) => {
    const last = await lockLastRound(tx);
    const due = await claimDue(tx, asked.limit);
    const found = await lookAround(tx, {
      ...asked,
      startAfter: last.start_after,
      inlineFirst: last.inline_first,
    });
    const picked = pickStarts({ ...found, budget: budgetOf(asked, last), limits: asked.limits });
    const fresh = await claimFresh(tx, picked.taskIds);
    const left = whatIsLeft(asked, found, picked);
    const round = { asked, last, found, picked, left };
    await writeRound(tx, round);
    const claimed = [...due, ...fresh].toSorted((a, b) => (a.taskId < b.taskId ? -1 : 1));
    return { claimed, left: due.length === asked.limit ? 'ready' : left };
  });
}

interface Round {
  readonly asked: Asked;
  readonly last: LastRound;
  readonly found: Found;
  readonly picked: Picked;
  readonly left: DispatchRound['left'];
}

async function lockLastRound(tx: Tx): Promise<LastRound> {
  const locked = await sql<LastRound>`
    select start_after, inline_first, ${OPEN_CIRCUIT} as refusal, probed_at <= now() - ${PROBE} as may_probe
    from dispatch_round for update
  `.execute(tx);
  const [last] = locked.rows;
  if (last === undefined) throw new Error('The table dispatch_round has lost its row.');
  return last;
}

function budgetOf({ limit }: Asked, { refusal, may_probe: mayProbe }: LastRound): number {
  if (refusal === null) return limit;
  return mayProbe ? 1 : 0;
}

async function claimDue(tx: Tx, limit: number): Promise<readonly Dispatch[]> {
  const claimed = await sql<Dispatch>`
    update outbox set ${CLAIMED}
    where task_id in (
      select task_id from outbox where ${DUE} order by task_id limit ${limit} for update skip locked
    )
    returning task_id as "taskId", desired
  `.execute(tx);
  return claimed.rows;
}

async function claimFresh(tx: Tx, taskIds: readonly string[]): Promise<readonly Dispatch[]> {
  if (taskIds.length === 0) return [];
  const claimed = await sql<Dispatch>`
    update outbox set ${CLAIMED}
    where task_id in (
      select task_id from outbox where task_id = any(${taskIds}::uuid[]) and ${FRESH}
      order by task_id for update skip locked
    )
    returning task_id as "taskId", desired
  `.execute(tx);
  return claimed.rows;
}

function whatIsLeft({ limit }: Asked, found: Found, { taskIds }: Picked): DispatchRound['left'] {
  const seen = found.turns.reduce((sum, { small, large }) => sum + small.length + large.length, 0);
  if (taskIds.length === limit || (found.more && taskIds.length === seen)) return 'ready';
  return taskIds.length < seen || found.fullPods.length > 0 ? 'held' : 'nothing';
}

/** What may be claimed without another look: nothing while somebody waits, and no more than any one owner may have. */
function allowanceOf({ asked: { limits }, found, picked, last, left }: Round) {
  if (left !== 'nothing' || last.refusal !== null) return { pods: 0, inlineBytes: 0 };
  const { alive } = picked;
  const started = alive.pods - found.alive.pods;
  const grown = alive.inlineBytes - found.alive.inlineBytes;
  return {
    pods: Math.min(limits.pods - alive.pods, limits.ownerPods - found.most.pods - started),
    inlineBytes: Math.min(
      limits.inlineBytes - alive.inlineBytes,
      limits.ownerInlineBytes - found.most.inlineBytes - grown,
    ),
  };
}

async function writeRound(tx: Tx, round: Round): Promise<void> {
  const { found, picked, last, left } = round;
  const { limits } = round.asked;
  const allowance = allowanceOf(round);
  const held = left !== 'nothing' && last.refusal === null;
  const fullPods = limits.ownerPods < limits.pods ? found.fullPods : [];
  const fullInline = limits.ownerInlineBytes < limits.inlineBytes ? picked.fullInline : [];
  await sql`
    with full_owner as (
      select owner, bool_or(kind = 'pods') as full_pods, bool_or(kind = 'inline') as full_inline
      from unnest(
        ${[...fullPods, ...fullInline]}::text[],
        ${[...fullPods.map(() => 'pods'), ...fullInline.map(() => 'inline')]}::text[]
      ) as v (owner, kind) group by owner
    ), relieved as (
      delete from held_owners where not exists (
        select from full_owner where full_owner.owner = held_owners.owner
      )
    ), held as (
      insert into held_owners as known select * from full_owner
      on conflict (owner) do update
        set full_pods = excluded.full_pods, full_inline = excluded.full_inline
        where (known.full_pods, known.full_inline) <> (excluded.full_pods, excluded.full_inline)
    )
    update dispatch_round set
      looked_at = now(),
      max_pods = ${limits.pods},
      max_inline_bytes = ${limits.inlineBytes},
      max_owner_pods = ${limits.ownerPods},
      max_owner_inline_bytes = ${limits.ownerInlineBytes},
      free_pods = ${Math.max(0, allowance.pods)},
      free_inline_bytes = ${Math.max(0, allowance.inlineBytes)},
      full_pods = ${held && picked.alive.pods >= limits.pods},
      full_inline = ${picked.first !== undefined},
      refusal = ${last.refusal},
      start_after = ${picked.last ?? last.start_after},
      inline_first = ${picked.first ?? ''},
      probed_at = case when ${last.refusal !== null && picked.taskIds.length > 0} then now() else probed_at end
  `.execute(tx);
}
