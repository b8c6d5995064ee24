import { parseBenchOptions } from './options.ts';
import { runCommandLine, runInEnvironment } from './run-in-environment.ts';

const HELP = `npm run bench -- [options]
  --only PART     what is measured (may be repeated); without it create, pairs and crowd:
                    create      how fast tasks are accepted, idle and while tasks run
                    pairs       tasks beside bare pods, one by one
                    crowd       many of both at once
                    cancel      how long a cancel takes, in each state
                    throughput  no-op tasks a second on simulated nodes, and who uses the CPU
                    watcher     memory of the controller with many pods
                    sleepers    memory of a worker with many sleeping tasks, and what replaying them costs
                    open-tasks  what asks about all open tasks: \`orrery collect --dry-run\` and the gauges
  --tasks N       how many tasks, pods or pairs in place of each part's own number
  --quick         a short run, to see that it works
  --context NAME  a cluster of your kubeconfig instead of the private one; it has no simulated nodes
  --state DIR     where the environment keeps its state (that of \`npm test\`)
  --files DIR     the folder for file:// URLs
  --reset         forget all state first
  --help          this text`;

await runCommandLine({
  help: HELP,
  parse: parseBenchOptions,
  run: (options, signal) =>
    runInEnvironment(
      { ...options, isDurable: true, program: 'test/bench/main.ts', args: options.rest },
      signal,
    ),
});
