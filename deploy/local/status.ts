import { occupants } from './occupants.ts';
import { isRunning } from './process-record.ts';
import type { ProcessName, State } from './state.ts';

/** What runs of an environment and where, for people. */
export function describeStatus(state: State): string {
  const { ports, context, kept } = state.file;
  const url = (name: string): string => `http://127.0.0.1:${ports[name] ?? 0}`;
  const users = occupants(state).map(({ pid }) => pid);
  const cluster =
    context === undefined
      ? line(state, 'cluster', 'private cluster', state.path('cluster', 'admin.kubeconfig'))
      : `  cluster           context ${context}`;
  return [
    `State in ${state.directory}${kept === true ? ' (kept: it runs until `npm run local -- stop`)' : ''}`,
    line(state, 'serve', 'server', `${url('api')}/ga4gh/tes/v1, docs ${url('api')}/docs`),
    line(state, 'postgres', 'Postgres', `127.0.0.1:${ports['postgres'] ?? 0}`),
    line(
      state,
      'temporal',
      'Temporal',
      `127.0.0.1:${ports['temporal'] ?? 0}, UI ${url('temporalUi')}`,
    ),
    cluster,
    `  used by           ${users.length === 0 ? 'nobody' : `process ${users.join(', ')}`}`,
    `  logs              ${state.path('logs')}`,
  ].join('\n');
}

function line(state: State, name: ProcessName, title: string, where: string): string {
  const record = state.file.processes[name];
  const text = isRunning(record) ? `process ${record.pid}, ${where}` : 'not running';
  return `  ${title.padEnd(18)}${text}`;
}
