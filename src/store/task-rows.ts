/** Tasks as answers: what each view reads. */
import { describeHold, type Hold } from '../tes/hold.ts';
import type { TaskState } from '../tes/state.ts';
import type { Task, TaskDocument, TaskLog, View } from '../tes/task.ts';
import { taskView } from '../tes/views.ts';
import { HOLD, HOLD_TABLES } from './holds.ts';

/** A task with all that BASIC and FULL show. */
export interface FullRow {
  readonly id: string;
  readonly state: TaskState;
  readonly created_at: Date;
  readonly waiting: string | null;
  readonly attempts: number;
  readonly end_reason: string | null;
  /** What holds back the start of a task that was never claimed. */
  readonly hold: Hold | null;
  readonly document: TaskDocument;
  readonly warnings: string[];
  readonly logs: TaskLog[] | null;
}

/**
 * The columns of a full row, over `tasks` and `task_documents`. Logs are told once they are settled, in the order of
 * the attempts; a task that never had an attempt has its reason in its last event only.
 */
export const FULL_COLUMNS = `
  tasks.id, tasks.state, tasks.created_at, tasks.waiting, tasks.attempts,
  task_documents.document, task_documents.warnings,
  (
    select json_agg(attempts.log order by attempts.number) from attempts
    where attempts.task_id = tasks.id and attempts.log is not null
  ) as logs,
  case when tasks.attempts = 0 then (
    select reason from task_events
    where task_events.task_id = tasks.id and task_events.number = tasks.last_event
  ) end as end_reason,
  case when tasks.attempts = 0 and tasks.state = 'QUEUED' then (
    select ${HOLD} from outbox o cross join ${HOLD_TABLES}
    where o.task_id = tasks.id and o.claims = 0
  ) end as hold
`;

/** The task in BASIC or FULL view. */
export function toTask(row: FullRow, view: View): Task {
  const { id, state, created_at: createdAt, document, warnings } = row;
  const record = { id, state, createdAt, document, warnings, logs: row.logs ?? [] };
  return taskView(
    {
      ...record,
      ...waitingOf(row),
      ...(row.end_reason !== null && { endReason: row.end_reason }),
    },
    view,
  );
}

/** What Kubernetes said last; before that, the attempt alone says that the task was dispatched. */
function waitingOf({ waiting, attempts, hold }: FullRow): { waiting?: string } {
  if (waiting !== null) return { waiting };
  if (attempts > 0) return { waiting: 'The task waits for Kubernetes to find a node for its pod.' };
  return hold === null ? {} : { waiting: describeHold(hold) };
}
