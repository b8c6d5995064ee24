/** `orrery`: the server, and what its administrator does. */
import { Command } from 'commander';

import { collectCommand } from './commands/collect.ts';
import { identityCommand } from './commands/identity.ts';
import { migrateCommand } from './commands/migrate.ts';
import { serveCommand } from './commands/serve.ts';
import { uninstallCommand } from './commands/uninstall.ts';
import { writeOffCommand } from './commands/write-off.ts';
import { runProgram } from './run-program.ts';

await runProgram(
  new Command('orrery')
    .description('A GA4GH Task Execution Service on Kubernetes; settings are ORRERY_ variables.')
    .addCommand(serveCommand())
    .addCommand(migrateCommand())
    .addCommand(collectCommand())
    .addCommand(writeOffCommand())
    .addCommand(identityCommand())
    .addCommand(uninstallCommand()),
);
