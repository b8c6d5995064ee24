import { handOver } from './hand-over.ts';

const HELP = `npm run outages -- [options]
  --engine NAME   which one is taken away: postgres, temporal or kubernetes (each in turn)
  --minutes M     for how long (5)
  --how HOW       refused: connections are reset and refused; silent: nothing answers any more (refused)
  --report FILE   writes the report as Markdown
  --state DIR     where the environment keeps its state (that of \`npm test\`)
  --help          this text
Ends with 0 when nothing was lost, failed or left over because of it, with 1 otherwise.`;

await handOver({
  help: HELP,
  program: 'test/outages/main.ts',
  options: ['engine', 'minutes', 'how', 'report'],
});
