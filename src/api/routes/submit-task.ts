import type { Principal } from '../../auth/principal.ts';
import { InvalidTaskError, TesError } from '../../errors/tes-error.ts';
import type { TaskStore } from '../../store/ports.ts';
import { parseTask, type TaskRules } from '../../tes/parse-task.ts';
import type { ToolRegistry } from '../../trs/tool-registry.ts';
import { hashDocument } from '../idempotency-key.ts';
import { resolveTools } from '../resolve-tools.ts';

/** What storing a client's task needs. */
export interface SubmitDeps {
  readonly tasks: Pick<TaskStore, 'create' | 'createOnce'>;
  readonly taskRules: TaskRules;
  readonly tools: ToolRegistry;
  /** A new UUIDv7 in lower case. */
  readonly newId: () => string;
}

/** One document as a client sent it. */
export interface Submission {
  readonly principal: Principal;
  readonly body: unknown;
  readonly key: string | undefined;
}

/**
 * Validates and stores a task and returns its id; under a key it may be the id of an earlier request.
 * Throws InvalidTaskError, and IdempotencyKeyReused when the key was used for another document.
 */
export async function submitTask(deps: SubmitDeps, submission: Submission): Promise<string> {
  const { principal, body, key } = submission;
  const parsed = parseTask(body, deps.taskRules);
  if ('problems' in parsed) throw new InvalidTaskError(parsed.problems);
  const resolved = await resolveTools(parsed, deps.tools, deps.taskRules.images);
  const id = deps.newId();
  const task = { id, owner: principal.subject, group: principal.groups[0], ...resolved };
  if (key === undefined) {
    await deps.tasks.create(task);
    return id;
  }
  const bodyHash = hashDocument(parsed.document);
  const created = await deps.tasks.createOnce(task, { key, bodyHash });
  if (created.kind !== 'other-body') return created.id;
  throw new TesError(
    'IdempotencyKeyReused',
    'This Idempotency-Key was used for another document within the last 24 hours; send a new key.',
  );
}
