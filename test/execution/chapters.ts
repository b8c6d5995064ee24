/** The chapters of the execution suite, in the order of docs/execution.md. A new file of cases is named here. */
import type { Chapter } from './case.ts';
import { ATTACKS } from './cases/attacks.ts';
import { COMMANDS } from './cases/commands.ts';
import { ENDS_OF_COMMANDS } from './cases/ends-of-commands.ts';
import { ENDS_OF_IMAGES } from './cases/ends-of-images.ts';
import { ENDS_OF_PODS } from './cases/ends-of-pods.ts';
import { ENDS_OF_WAITING } from './cases/ends-of-waiting.ts';
import { ENVIRONMENT } from './cases/environment.ts';
import { EXECUTORS } from './cases/executors.ts';
import { FILES } from './cases/files.ts';
import { FLOODS } from './cases/floods.ts';
import { READ_ONLY_INPUTS } from './cases/read-only-inputs.ts';
import { RUN_ONCE } from './cases/run-once.ts';
import { STOPPING } from './cases/stopping.ts';
import { STREAMS } from './cases/streams.ts';

export const CHAPTERS: readonly Chapter[] = [
  COMMANDS,
  ENVIRONMENT,
  STREAMS,
  FLOODS,
  FILES,
  READ_ONLY_INPUTS,
  EXECUTORS,
  STOPPING,
  ATTACKS,
  RUN_ONCE,
  ENDS_OF_COMMANDS,
  ENDS_OF_PODS,
  ENDS_OF_IMAGES,
  ENDS_OF_WAITING,
];
