import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ROOT } from './directories.ts';
import { findOnPath } from './find-on-path.ts';
import { parseGoEvents } from './go-events.ts';
import type { Layer } from './options.ts';

/** What one run of one or several layers came to. */
export interface LayerResult {
  layers: readonly Layer[];
  passed: number;
  failed: number;
  /** Tests that were there and did not run (`skip`, `-t`). */
  skipped: number;
  /** Why the layers could not run on this machine at all. */
  obstacle?: string;
}

export interface LayerRun {
  layers: readonly Layer[];
  /** Arguments handed on to jest. */
  rest: readonly string[];
  /** The variables that tell the tests where things are, or why there are none. */
  environment: Record<string, string> | Error;
  signal: AbortSignal;
}

/** Layers of one group share a jest process; `-i` runs files one after another, because they share a cluster. */
const GROUPS: readonly { layers: readonly Layer[]; flags: readonly string[] }[] = [
  { layers: ['unit', 'contract', 'workflow', 'replay'], flags: [] },
  { layers: ['shim'], flags: [] },
  { layers: ['integration'], flags: ['-i'] },
  { layers: ['e2e'], flags: ['-i'] },
];

const WITHOUT_ENVIRONMENT: readonly Layer[] = ['unit', 'replay', 'shim'];

/** True for a layer whose tests use Postgres, Temporal or the cluster. */
export function needsEnvironment(layer: Layer): boolean {
  return !WITHOUT_ENVIRONMENT.includes(layer);
}

/** Runs the asked layers, cheapest first; all of them, also after one has failed. */
export async function runLayers(run: LayerRun): Promise<LayerResult[]> {
  const results: LayerResult[] = [];
  for (const group of GROUPS) {
    const asked = group.layers.filter((layer) => run.layers.includes(layer));
    const { environment } = run;
    const blocked = environment instanceof Error ? asked.filter(needsEnvironment) : [];
    if (environment instanceof Error && blocked.length > 0) {
      results.push({
        layers: blocked,
        passed: 0,
        failed: 0,
        skipped: 0,
        obstacle: environment.message,
      });
    }
    const runnable = asked.filter((layer) => !blocked.includes(layer));
    if (runnable.length === 0) continue;
    run.signal.throwIfAborted();
    results.push(await runGroup(run, runnable, group.flags));
  }
  run.signal.throwIfAborted();
  return results;
}

async function runGroup(
  run: LayerRun,
  layers: readonly Layer[],
  flags: readonly string[],
): Promise<LayerResult> {
  console.error(`\nLayer ${layers.join(', ')}`);
  if (layers.includes('shim')) return runShimTests(run, layers);
  const folder = mkdtempSync(path.join(tmpdir(), 'orrery-test-'));
  try {
    const report = path.join(folder, 'jest.json');
    const args = [
      ...[
        '--disable-warning=ExperimentalWarning',
        '--experimental-vm-modules',
        'node_modules/jest/bin/jest.js',
      ],
      ...layers.flatMap((layer) => ['--selectProjects', layer]),
      // A test that failed half-way may leave a server open: the run must end all the same.
      '--forceExit',
      ...['--json', `--outputFile=${report}`, '--passWithNoTests', ...flags, ...run.rest],
    ];
    const code = await runInherited(process.execPath, args, run);
    return { layers, ...readJestReport(report, code) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
}

/** A file that cannot even be loaded counts as one failed test; so does a jest that ends badly without any. */
function readJestReport(file: string, code: number): Omit<LayerResult, 'layers'> {
  let report: JestReport;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as JestReport;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

async function runShimTests(run: LayerRun, layers: readonly Layer[]): Promise<LayerResult> {
  if (findOnPath('go') === undefined) {
    return {
      layers,
      passed: 0,
      failed: 0,
      skipped: 0,
      obstacle: 'Go is not on the PATH: install Go 1.26 or newer.',
    };
  }
  const vet = await runInherited('go', ['-C', 'shim', 'vet', './...'], run);
  // The race detector is made with a C compiler.
  const race = findOnPath('gcc') === undefined ? [] : ['-race'];
  const native = await runGoTests(run, [...race, './...']);
  const emulator = findOnPath('qemu-aarch64-static');
  const foreign = emulator === undefined ? NO_TESTS : await runGoTests(run, ['.'], { emulator });
  return {
    layers,
    passed: native.passed + foreign.passed,
    failed: native.failed + foreign.failed + (vet === 0 ? 0 : 1),
    skipped: native.skipped + foreign.skipped,
  };
}

type Counts = Omit<LayerResult, 'layers'>;

const NO_TESTS: Counts = { passed: 0, failed: 0, skipped: 0 };

/** With an emulator the shim of the tests is the one for arm64. */
async function runGoTests(
  run: LayerRun,
  what: readonly string[],
  { emulator }: { readonly emulator?: string } = {},
): Promise<Counts> {
  const variables = emulator === undefined ? {} : { SHIM_TEST_EMULATOR: emulator };
  const output = await runCaptured('go', ['-C', 'shim', 'test', '-json', ...what], run, variables);
  const { text, passed, failed, skipped } = parseGoEvents(output.text);
  process.stderr.write(text);
  return { passed, failed: failed === 0 && output.code !== 0 ? 1 : failed, skipped };
}

async function runInherited(
  command: string,
  args: readonly string[],
  run: LayerRun,
): Promise<number> {
  const { code } = await runChild(command, args, run, { stdout: 'inherit' });
  return code;
}

async function runCaptured(
  command: string,
  args: readonly string[],
  run: LayerRun,
  variables: Readonly<Record<string, string>>,
): Promise<{ code: number; text: string }> {
  return runChild(command, args, run, { stdout: 'pipe', variables });
}

async function runChild(
  command: string,
  args: readonly string[],
  run: LayerRun,
  how: { stdout: 'inherit' | 'pipe'; variables?: Readonly<Record<string, string>> },
): Promise<{ code: number; text: string }> {
  const variables = run.environment instanceof Error ? {} : run.environment;
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...variables, ...how.variables },
    stdio: ['inherit', how.stdout, 'inherit'],
  });
  const parts: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => parts.push(chunk));
  const end = (): void => {
    child.kill('SIGTERM');
  };
  run.signal.addEventListener('abort', end);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      resolve(status ?? 1);
    });
  });
  run.signal.removeEventListener('abort', end);
  return { code, text: Buffer.concat(parts).toString() };
}
