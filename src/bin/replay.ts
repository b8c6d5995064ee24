/** `node src/bin/replay.ts <task id>`: does today's workflow code still fit what Temporal recorded of a task? */
import { Command } from 'commander';

import { loadConfig } from '../config/load.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createTemporalClient } from '../temporal/client.ts';
import { fetchHistory, type History } from '../temporal/history.ts';
import { replayHistories } from '../temporal/replay.ts';
import { installTemporalRuntime } from '../temporal/runtime.ts';

async function replay(taskId: string): Promise<void> {
  const { temporal } = loadConfig();
  const history = await fetchFrom(temporal, taskId);
  installTemporalRuntime(createLogger({ level: 'silent', role: 'replay' }));
  for await (const { mismatch } of replayHistories([{ workflowId: taskId, history }])) {
    if (mismatch === undefined) {
      const count = history.events?.length ?? 0;
      console.log(`Task ${taskId}: all ${count} events match today's workflow code.`);
      continue;
    }
    const { eventId, message } = mismatch;
    const where = eventId === undefined ? 'its history' : `event ${eventId}`;
    console.error(`Task ${taskId}: ${where} does not match today's workflow code: ${message}`);
    process.exitCode = 1;
  }
}

async function fetchFrom(
  temporal: Parameters<typeof createTemporalClient>[0],
  taskId: string,
): Promise<History> {
  const { client, close } = createTemporalClient(temporal);
  try {
    const history = await fetchHistory(client, taskId).catch((cause: unknown) => {
      throw new Error(
        `Temporal at ${temporal.address} cannot be asked; start it, or correct ORRERY_TEMPORAL_ADDRESS.`,
        { cause },
      );
    });
    if (history !== undefined) return history;
    throw new Error(
      `Temporal at ${temporal.address} knows no workflow of task ${taskId} in namespace ${temporal.namespace}; give the id of a task that was started there.`,
    );
  } finally {
    await close();
  }
}

await new Command('replay')
  .description("Replays the history of a task's workflow against today's code.")
  .argument('<task id>')
  .action(replay)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
