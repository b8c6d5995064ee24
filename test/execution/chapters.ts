/** The chapters of the execution suite, in the order of docs/execution.md. A new file of cases is named here. */
import type { Chapter } from './case.ts';
import { COMMANDS } from './cases/commands.ts';

export const CHAPTERS: readonly Chapter[] = [COMMANDS];
