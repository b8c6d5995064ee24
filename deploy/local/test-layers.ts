import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type LayerResult, type LayerRun, NOTHING, runInherited } from './layer-run.ts';
import type { Layer } from './options.ts';
import { runShimTests } from './shim-tests.ts';

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
      results.push({ layers: blocked, ...NOTHING, obstacle: environment.message });
    }
    const runnable = asked.filter((layer) => !blocked.includes(layer));
    if (runnable.length === 0) continue;
    run.signal.throwIfAborted();
    results.push(...(await runGroup(run, runnable, group.flags)));
  }
  run.signal.throwIfAborted();
  return results;
}

async function runGroup(
  run: LayerRun,
  layers: readonly Layer[],
  flags: readonly string[],
): Promise<LayerResult[]> {
  console.error(`\nLayer ${layers.join(', ')}`);
  if (layers.includes('shim')) return runShimTests(run);
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
    return [{ layers, ...readJestReport(report, code) }];
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
