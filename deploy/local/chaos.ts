import { handOver } from './hand-over.ts';

const HELP = `npm run chaos -- [options]
  --tasks N       how many tasks are submitted (100)
  --minutes M     how long tasks are submitted and actions done, at least (3)
  --seed S        which tasks and actions are chosen (1)
  --pods KIND     simulated or real (simulated)
  --report FILE   writes the report as Markdown
  --mutant NAME   takes a guard out of a copy of the source: no-outbox, no-uid-record, no-finalizer,
                  no-proven-dead or no-relist; the run must find violations
  --state DIR     where the environment keeps its state (that of \`npm test\`)
  --help          this text
Ends with 0 when nothing was violated, with 1 otherwise.`;

await handOver({
  help: HELP,
  program: 'test/chaos/main.ts',
  options: ['tasks', 'minutes', 'seed', 'pods', 'report', 'mutant'],
});
