/** The ports of Postgres: what the rest of Orrery asks of its rows. All times are Dates in UTC. */
import type { Hold } from '../tes/hold.ts';
import type { ListQuery, TagFilter } from '../tes/list-query.ts';
import type { FinalState, TaskState } from '../tes/state.ts';
import type { Task, TaskDocument, TaskLog, View } from '../tes/task.ts';
import type { Intent, Verdict } from '../tes/verdict.ts';

/** A validated task on its way in. */
export interface NewTask {
  readonly id: string;
  readonly owner: string;
  readonly group: string;
  readonly document: TaskDocument;
  /** System warnings, such as unsupported backend parameters; shown first in `system_logs`. */
  readonly warnings: readonly string[];
}

/** One page of tasks in the asked view. */
export interface TaskPage {
  readonly tasks: readonly Task[];
  readonly nextPageToken?: string;
}

/** What a client calls one request, so that the same request sent again is known. */
export interface IdempotencyKey {
  readonly key: string;
  /** SHA-256 of the document in hex. */
  readonly bodyHash: string;
}

/** What creating a task under a key led to: a new task, the one of an earlier request, or a refusal. */
export type CreatedOnce =
  { readonly kind: 'created' | 'repeated'; readonly id: string } | { readonly kind: 'other-body' };

/** Which of an owner's tasks to cancel. All that is given must hold. */
export interface CancelSelection {
  readonly states: readonly TaskState[];
  readonly tags: readonly TagFilter[];
  readonly ids?: readonly string[];
}

/**
 * Tasks that are open and not asked to cancel. `total` counts also those beyond the limit, up to 10,000; when there are
 * no more than that, the oldest come first.
 */
export interface Cancelable {
  readonly ids: readonly string[];
  readonly total: number;
}

/** What a wish to cancel led to. */
export type CancelOutcome =
  | { readonly kind: 'not-found' }
  | { readonly kind: 'final' }
  | { readonly kind: 'canceled' }
  | { readonly kind: 'canceling' };

/** Tasks as the API sees them; the owner is always an argument. */
export interface TaskStore {
  /** Task, document, outbox row and first event in one transaction. */
  create(task: NewTask): Promise<void>;
  /** The same once a key and owner: within 24 hours the key leads to the task that was created under it. */
  createOnce(task: NewTask, key: IdempotencyKey): Promise<CreatedOnce>;
  get(owner: string, id: string, view: View): Promise<Task | undefined>;
  list(owner: string, query: ListQuery): Promise<TaskPage>;
  /** Never claimed and no attempt: CANCELED at once; else CANCELING and the wish recorded. Idempotent. */
  cancel(owner: string, id: string): Promise<CancelOutcome>;
  /** At most `limit` of the tasks that a selection finds. */
  findCancelable(owner: string, selection: CancelSelection, limit: number): Promise<Cancelable>;
}

/** One attempt of a task as its row says. */
export interface Attempt {
  readonly taskId: string;
  readonly number: number;
  readonly openedAt: Date;
  readonly podUid?: string;
  readonly nodeName?: string;
  readonly nodeUid?: string;
  readonly intent?: Intent;
  readonly settledAt?: Date;
  readonly provenDeadAt?: Date;
  readonly verdict?: Verdict;
  /** Names of the containers that were seen OOMKilled. */
  readonly oomKilled: readonly string[];
}

/** What an activity needs to know of a task before it acts. */
export interface TaskFacts {
  readonly id: string;
  readonly state: TaskState;
  readonly createdAt: Date;
  readonly cancelAskedAt?: Date;
  readonly document: TaskDocument;
  readonly warnings: readonly string[];
  /** What a QUEUED task waits for, as its user reads it. */
  readonly waiting?: string;
}

/** The answer to "may a pod be made for this task now?" */
export type Opening =
  | { readonly kind: 'open'; readonly task: TaskFacts; readonly attempt: Attempt }
  | {
      readonly kind: 'final';
      readonly state: FinalState;
      /** The last attempt, whose pod may still have to be cleaned up. */ readonly attempt?: Attempt;
    }
  | { readonly kind: 'cancel-asked'; readonly attempt?: Attempt }
  | { readonly kind: 'unproven'; readonly attempt: Attempt }
  | { readonly kind: 'missing' };

/** The end of an attempt, committed in one transaction. */
export interface Settlement {
  readonly verdict: Verdict;
  /** The attempt's complete `logs[]` entry. */
  readonly log: TaskLog;
  /** The task's end, or `undefined` when another attempt follows. */
  readonly end?: FinalState;
  /** Times from the records for transitions that nobody saw. */
  readonly initializingAt?: Date;
  readonly runningAt?: Date;
  readonly provenDead: boolean;
}

/** An attempt whose pod may have changed unseen. */
export interface OpenAttempt {
  readonly taskId: string;
  readonly number: number;
  readonly uid: string;
}

/** Attempts as the reconciler sees them. */
export interface OpenAttemptStore {
  /** Open attempts whose pod's uid is recorded, by task id, after `after`; at most `limit`. */
  listOpen(after: string | undefined, limit: number): Promise<readonly OpenAttempt[]>;
}

/** Attempts as the activities see them. Every write locks the task's row and applies `next`. */
export interface AttemptStore {
  /** Adopts the open attempt or opens the next one; refuses without proof of death of every earlier one. */
  open(taskId: string): Promise<Opening>;
  find(taskId: string, number: number): Promise<{ task: TaskFacts; attempt: Attempt } | undefined>;
  /** The task with its latest attempt, if there was one. */
  latest(taskId: string): Promise<{ task: TaskFacts; attempt?: Attempt } | undefined>;
  /** Records the pod's uid where it is null or equal and the task is open and not canceled; false = refused. */
  recordUid(taskId: string, number: number, uid: string): Promise<boolean>;
  /**
   * Records the uid of a pod that may have run although the open attempt knows none, also where a cancel was asked;
   * false = the attempt is settled or knows another.
   */
  adoptUid(taskId: string, number: number, uid: string): Promise<boolean>;
  /** Forbids to record this uid ever after, so that its pod can be taken away; false = it is recorded already. */
  discardUid(taskId: string, number: number, uid: string): Promise<boolean>;
  /** Records why the pod is about to be deleted; the first intent stays. */
  recordIntent(taskId: string, number: number, intent: Intent): Promise<void>;
  /** Records the Node of the pod at binding. */
  recordNode(taskId: string, number: number, node: { name: string; uid: string }): Promise<void>;
  /** Commits the end once; on a settled attempt it changes nothing and returns the stored verdict and the task's state. */
  settle(
    taskId: string,
    number: number,
    settlement: Settlement,
  ): Promise<{ verdict: Verdict; state: TaskState }>;
  /** Marks a settled or never-created attempt proven dead. */
  markProvenDead(taskId: string, number: number): Promise<void>;
  /** Records the wish to cancel for a task cancelled through Temporal: state CANCELING unless final. */
  recordWish(taskId: string): Promise<void>;
  /** Ends a task that has no open attempt (canceled before its pod existed, bad task, unproven debt). */
  end(taskId: string, state: FinalState, reason: string): Promise<TaskState>;
}

/** What a task runs, in a few words for operators; nothing of its files, arguments or owner. */
export interface TaskSummary {
  readonly name?: string;
  /** Of the first executor. */
  readonly image: string;
  readonly executors: number;
  readonly cpuCores?: number;
  readonly ramGb?: number;
}

/** Summaries of tasks. */
export interface SummaryStore {
  /** Undefined when there is no such task, or its document is too large to look into. */
  find(taskId: string): Promise<TaskSummary | undefined>;
}

/** A transition that the watcher saw. */
export interface Sighting {
  readonly taskId: string;
  readonly number: number;
  readonly uid: string;
  readonly state: 'INITIALIZING' | 'RUNNING';
  readonly at: Date;
  /** The Node the pod is bound to, as the API server itself told it. */
  readonly node?: { readonly name: string; readonly uid: string };
}

/** A container that the watcher saw OOMKilled; its statuses may forget it with the next restart. */
export interface OomSighting {
  readonly taskId: string;
  readonly number: number;
  readonly uid: string;
  readonly container: string;
}

/** Why a pod has no node yet, in the scheduler's own words. */
export interface WaitSighting {
  readonly taskId: string;
  readonly number: number;
  readonly uid: string;
  readonly reason: string;
}

/** INITIALIZING and RUNNING in batches, forward only, where the uid is the recorded one of the open attempt. */
export interface ProjectionStore {
  advance(sightings: readonly Sighting[]): Promise<void>;
  /** Shown while the task is QUEUED; no transition, so no event. */
  recordWaits(waits: readonly WaitSighting[]): Promise<void>;
  recordOomKills(kills: readonly OomSighting[]): Promise<void>;
}

/** A task whose workflow must be started. */
export interface Dispatch {
  readonly taskId: string;
  readonly desired: 'start' | 'cancel';
}

/** The most that may be alive at once, in all and of one owner; a document counts when it is above 256 KiB. */
export interface StartLimits {
  readonly pods: number;
  readonly inlineBytes: number;
  readonly ownerPods: number;
  readonly ownerInlineBytes: number;
}

/** What a round of the dispatcher claimed and what it left. */
export interface DispatchRound {
  readonly claimed: readonly Dispatch[];
  /** `ready`: more could start at once; `held`: limits or refusals hold back all that is left. */
  readonly left: 'nothing' | 'ready' | 'held';
}

/** The outbox: one row a task that holds the desired state. */
export interface OutboxStore {
  /**
   * Claims rows that are unclaimed or whose claim expired (30 s), committed before the start is sent: up to `limit` of
   * tasks that are alive already or canceled, whatever is alive, and up to `limit` new ones, round-robin among
   * owners and oldest first, within the limits. Writes down what it found for `claimOne` and for the views.
   */
  claim(limit: number, limits: StartLimits): Promise<DispatchRound>;
  /**
   * Claims one row for the api's fast path. `held`: nothing may start without the dispatcher just now; undefined: someone
   * else has it or nothing is left to do. A cancel is never held.
   */
  claimOne(taskId: string): Promise<Dispatch | 'held' | undefined>;
  /**
   * Marks up to `limit` open tasks that were dispatched long ago as to be dispatched again, the longest ago first;
   * returns how many. Starting a workflow that runs changes nothing, so this only finds those Temporal has forgotten.
   */
  revive(limit: number): Promise<number>;
  /** The workflow is known to Temporal. */
  markDispatched(taskIds: readonly string[]): Promise<void>;
}

/** What Kubernetes refuses although nothing is wrong with the task. */
export interface RefusalStore {
  /**
   * Tells the user of a QUEUED task that Kubernetes refuses its pod for now. A shared refusal, which other tasks would
   * meet too, is remembered for a while: when that happens to several tasks, starts are held back but for a few that try.
   */
  recordRefusal(
    taskId: string,
    refusal: { readonly reason: string; readonly isShared: boolean },
  ): Promise<void>;
}

/** Wakes the dispatcher of whichever process; a waking that is lost costs nothing but time. */
export interface WakeStore {
  /** Never fails and never waits; at most twenty a second are sent. */
  wake(): void;
  /** Calls back at each waking until it is stopped, on a connection of its own that is made anew when it is lost. */
  listen(onWake: () => void): { stop(): Promise<void> };
}

/** One batch of a sweep through all old tasks. */
export interface SweepBatch {
  /** The last task of the batch before; a sweep begins without. */
  readonly after?: string | undefined;
  /** Most tasks to look at. */
  readonly limit: number;
}

/** What nobody needs any longer. */
export interface RetentionStore {
  /**
   * Looks at the next tasks, the oldest first, and deletes those that ended before a time. A task with an attempt that
   * is open or not proven dead stays. `next` is where the next batch begins; without it the sweep is over.
   */
  deleteEnded(
    before: Date,
    batch: SweepBatch,
  ): Promise<{ readonly deleted: number; readonly next?: string }>;
  /** Deletes up to `limit` idempotency keys that need not be known any longer and says how many. */
  pruneKeys(limit: number): Promise<number>;
}

/** Which installation this is and which engines belong to it. */
export interface InstallationStore {
  /** The installation id, made at the first call. */
  id(): Promise<string>;
  /** When the installation was made. */
  createdAt(): Promise<Date>;
  /** Stores an engine's identity at first sight and compares it afterwards; false = another engine. */
  recognise(engine: 'temporal-namespace' | 'task-namespace', identity: string): Promise<boolean>;
}

/** Why an open task counts as stuck; statistics.ts has the conditions. */
export type StuckReason = 'deadline' | 'cancel' | 'attempt-ended' | 'not-begun';

/** How many tasks and attempts there are; of each kind no more than 100,000 are counted. */
export interface TaskStatistics {
  /** Tasks that are not final, by state. */
  readonly openTasks: Readonly<Record<string, number>>;
  /** All tasks by state, as Postgres estimated when it last analyzed the table. */
  readonly storedTasks: Readonly<Record<string, number>>;
  readonly stuckTasks: Readonly<Partial<Record<StuckReason, number>>>;
  /** Starts and cancels that Temporal was not told of yet. */
  readonly outboxRows: number;
  /** Since when the oldest of them is wished; 0 when there is none. */
  readonly outboxAgeSeconds: number;
  readonly openAttempts: number;
  /** Settled attempts whose pod is not proven dead. */
  readonly unprovenAttempts: number;
  /** What counts against the limits. */
  readonly podsAlive: number;
  readonly inlineBytesAlive: number;
  /** Tasks that a limit, or Kubernetes by its refusals, keeps from being started. */
  readonly heldTasks: Readonly<Partial<Record<Hold['by'], number>>>;
}

/** Numbers for gauges. */
export interface StatisticsStore {
  /** One bounded statement. The deadlines, in milliseconds, say which open tasks should have ended. */
  read(deadlines: { readonly queueMs: number; readonly totalMs: number }): Promise<TaskStatistics>;
}

/** Which controller is the active one. All times are those of the database. */
export interface LeaseStore {
  /** How long a lease lives unless it is renewed, in milliseconds. */
  readonly lengthMs: number;
  /** Who holds the lease, and how many milliseconds it lives still; undefined while nobody does. */
  look(): Promise<{ readonly holder: string; readonly livesMs: number } | undefined>;
  /** Takes a lease that nobody holds and returns its new epoch; undefined when somebody does. */
  acquire(holder: string): Promise<number | undefined>;
  /** Prolongs a lease that is held and not expired; false = lost for good. */
  renew(holder: string, epoch: number): Promise<boolean>;
  /** Gives it up, so that another one need not wait for its end. */
  release(holder: string, epoch: number): Promise<void>;
}

/** The time for which a controller is the active one. */
export interface Term {
  readonly epoch: number;
  /** Called when something was refused because the lease is lost. */
  readonly onLost: () => void;
}

/** What a controller asks before it does something that Postgres cannot refuse. */
export interface Fence {
  readonly epoch: number;
  /** Throws LeaseLost unless this epoch holds the lease now, in database time. */
  check(): Promise<void>;
}
