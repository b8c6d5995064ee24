import { installDebianPackages } from './debian-packages.ts';
import { findOnPath } from './find-on-path.ts';
import { type GoCounts, parseFuzzTargets, parseGoEvents } from './go-events.ts';
import {
  type LayerResult,
  type LayerRun,
  NOTHING,
  runCaptured,
  runInherited,
} from './layer-run.ts';
import { describeError } from './local-error.ts';

const EMULATOR = 'qemu-aarch64-static';

/** Commands that some of the tests need, and the Debian packages that bring them. */
const TOOLS: readonly { command: string; packages: readonly string[]; without: string }[] = [
  {
    command: 'gcc',
    packages: ['gcc', 'libc6-dev'],
    without: 'The race detector, which is made with a C compiler, was not used',
  },
  ...(process.arch === 'arm64'
    ? []
    : [
        {
          command: EMULATOR,
          packages: ['qemu-user-static'],
          without: 'The shim for arm64 was not tested',
        },
      ]),
];

/** How many inputs beyond its seeds each fuzz test tries, in some seconds; a time instead fails now and then at its end. */
const FUZZ_TIME = '20000x';

const LAYER = { layers: ['shim'], ...NOTHING } as const;

/** The Go tests: vet, race detector, fuzzing, and the shim for arm64; a result of its own for each tool that is missing. */
export async function runShimTests(run: LayerRun): Promise<LayerResult[]> {
  if (findOnPath('go') === undefined) {
    return [{ ...LAYER, obstacle: 'Go is not on the PATH: install Go 1.26 or newer.' }];
  }
  const obstacles = await installTools();
  const vet = await runInherited('go', ['-C', 'shim', 'vet', './...'], run);
  const counts = [
    { ...NOTHING, failed: vet === 0 ? 0 : 1 },
    await runGoTests(run, [...(findOnPath('gcc') === undefined ? [] : ['-race']), './...']),
    ...(await runFuzzTests(run)),
    ...(await runForeignTests(run)),
  ];
  const sum = (of: 'passed' | 'failed' | 'skipped'): number =>
    counts.reduce((total, one) => total + one[of], 0);
  return [
    { ...LAYER, passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') },
    ...obstacles.map((obstacle) => ({ ...LAYER, obstacle })),
  ];
}

/** Installs what is missing; one sentence for each tool that cannot be had. */
async function installTools(): Promise<string[]> {
  const obstacles: string[] = [];
  for (const { command, packages, without } of TOOLS) {
    if (findOnPath(command) !== undefined) continue;
    try {
      await installDebianPackages(packages, {
        who: `The layer shim (${command})`,
        remedy: "install them with your distribution's tool",
        note: (text) => {
          console.error(text);
        },
      });
    } catch (error) {
      obstacles.push(`${without}. ${describeError(error)}`);
    }
  }
  return obstacles;
}

/** The programs of the tests stay native, the shim is the one for arm64. */
async function runForeignTests(run: LayerRun): Promise<GoCounts[]> {
  const emulator = process.arch === 'arm64' ? undefined : findOnPath(EMULATOR);
  return emulator === undefined
    ? []
    : [await runGoTests(run, ['.'], { SHIM_TEST_EMULATOR: emulator })];
}

/** Go fuzzes one test at a time. */
async function runFuzzTests(run: LayerRun): Promise<GoCounts[]> {
  const list = await runCaptured('go', ['-C', 'shim', 'test', '-list', '^Fuzz', './...'], run);
  const counts: GoCounts[] = [];
  for (const { name, folder } of parseFuzzTargets(list.text)) {
    const only = ['-run', '^$', '-fuzz', `^${name}$`, '-fuzztime', FUZZ_TIME];
    counts.push(await runGoTests(run, [...only, folder]));
  }
  return counts;
}

async function runGoTests(
  run: LayerRun,
  what: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<GoCounts> {
  const output = await runCaptured('go', ['-C', 'shim', 'test', '-json', ...what], run, variables);
  const counts = parseGoEvents(output.text);
  process.stderr.write(counts.text);
  return { ...counts, failed: counts.failed === 0 && output.code !== 0 ? 1 : counts.failed };
}
