/** `orrery migrate` as a program of its own. */
import { migrateCommand } from './commands/migrate.ts';
import { runProgram } from './run-program.ts';

await runProgram(migrateCommand());
