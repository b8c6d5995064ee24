/** `orrery serve` as a program of its own. */
import { serveCommand } from './commands/serve.ts';
import { runProgram } from './run-program.ts';

await runProgram(serveCommand());
