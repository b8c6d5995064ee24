/** Starts and cancels `runTask`. */
import {
  type Client,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';

import { IMAGE_ATTRIBUTE } from '../tes/search-attributes.ts';
import { isClosed } from './describer.ts';
import { RUN_TASK } from './names.ts';
import type { LaunchOutcome, TaskLauncher } from './ports.ts';
import type { SearchAttributeUse } from './search-attributes.ts';
import { imageKeyword, summaryDetails, summaryLine, type TaskSummary } from './task-summary.ts';

/** How workflows are started. */
export interface StartRules {
  readonly taskQueue: string;
  /** What the Temporal UI may show of a task; undefined when there is no such task any more. */
  readonly summarise: (taskId: string) => Promise<TaskSummary | undefined>;
  readonly searchAttributes: SearchAttributeUse;
}

type Options = Omit<WorkflowStartOptions, 'args'> & {
  readonly args: [{ readonly taskId: string; readonly searchAttributes?: true }];
};

const IMAGE = defineSearchAttributeKey(IMAGE_ATTRIBUTE, 'KEYWORD');
const INVALID_ARGUMENT = 3;

/** Workflow id = task id; the input is the id alone, so no document and no secret enters a history. */
export function createTaskLauncher(client: Client, rules: StartRules): TaskLauncher {
  async function start(taskId: string): Promise<LaunchOutcome> {
    // A task is started with or without words for operators.
    const summary = await rules.summarise(taskId).catch(() => undefined);
    const plain = optionsOf(taskId, rules.taskQueue, summary);
    try {
      if (summary === undefined || !(await rules.searchAttributes.mayUse())) {
        await client.workflow.start(RUN_TASK, plain);
      } else {
        await startWith(plain, taskId, summary);
      }
      return 'open';
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const { status } = await client.workflow.getHandle(taskId).describe();
      return isClosed(status.name) ? 'closed' : 'open';
    }
  }

  /** The workflow is told at its start whether it may set attributes: its history decides, not what is so later. */
  async function startWith(plain: Options, taskId: string, summary: TaskSummary): Promise<void> {
    try {
      await client.workflow.start(RUN_TASK, {
        ...plain,
        args: [{ taskId, searchAttributes: true }],
        typedSearchAttributes: [{ key: IMAGE, value: imageKeyword(summary) }],
      });
    } catch (error) {
      if (!isInvalid(error)) throw error;
      rules.searchAttributes.refused();
      await client.workflow.start(RUN_TASK, plain);
    }
  }

  /** A workflow that is closed already has nothing left to cancel: its row says how it ended. */
  async function cancel(taskId: string): Promise<void> {
    try {
      await client.workflow.getHandle(taskId).cancel();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  return {
    async launch({ taskId, desired }) {
      const outcome = await start(taskId);
      if (outcome === 'open' && desired === 'cancel') await cancel(taskId);
      return outcome;
    },
  };
}

function optionsOf(taskId: string, taskQueue: string, summary: TaskSummary | undefined): Options {
  return {
    workflowId: taskId,
    taskQueue,
    args: [{ taskId }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    ...(summary && {
      staticSummary: summaryLine(summary),
      staticDetails: summaryDetails(taskId, summary),
    }),
  };
}

/** Temporal's answer to a start with an attribute that it does not know. */
function isInvalid(error: unknown): boolean {
  const cause = (error as { cause?: unknown } | null)?.cause ?? error;
  if (!isGrpcServiceError(cause)) return false;
  const code: number = cause.code;
  return code === INVALID_ARGUMENT;
}
