import { describe, expect, it } from '@jest/globals';

import { buildStageSpec } from '../../../src/kubernetes/pod/stage-spec.ts';
import type { TaskDocument } from '../../../src/tes/task.ts';
import { aDocument, settings } from './pod-settings.ts';

describe('buildStageSpec', () => {
  it('hands argv on untouched', () => {
    const command = ['sh', '-c', 'echo "$HOME" $(HOME) $$ \n\t\'x\'', '', '⛵'];

    const spec = buildStageSpec(aDocument({ executors: [{ image: 'i', command }] }), settings);

    expect(spec.executors[0]?.argv).toEqual(command);
  });

  it('hands the environment on as it is written', () => {
    const env = { EMPTY: '', PRICE: '$(HOME) costs $$5', LINES: 'a=b\n', 'dotted.name': '⛵' };

    const spec = buildStageSpec(
      aDocument({
        executors: [
          { image: 'i', command: ['c'], env },
          { image: 'i', command: ['c'] },
        ],
      }),
      settings,
    );

    expect(spec.executors.map((executor) => executor.env)).toEqual([
      ['EMPTY=', 'PRICE=$(HOME) costs $$5', 'LINES=a=b\n', 'dotted.name=⛵'],
      [],
    ]);
  });

  it('sets a run deadline only where there is one', () => {
    const deadlines = [settings, { ...settings, runDeadlineSeconds: 90 }].map(
      (some) => buildStageSpec(aDocument(), some).executors[0]?.run_deadline_seconds,
    );

    expect(deadlines).toEqual([null, 90]);
  });

  it('writes contents as base64 and fetches the rest', () => {
    const spec = buildStageSpec(
      aDocument({
        inputs: [
          { path: '/in/a', content: 'grüße', url: 'http://ignored/', type: 'FILE' },
          { path: '/in/b', url: 'http://host/b', content: '', type: 'FILE' },
          { path: '/in/c', content: '', type: 'FILE' },
        ],
      }),
      settings,
    );

    expect(spec.contents).toEqual([
      { path: '/in/a', data: 'Z3LDvMOfZQ==' },
      { path: '/in/c', data: '' },
    ]);
    expect(spec.fetches).toEqual([{ url: 'http://host/b', path: '/in/b', type: 'FILE' }]);
  });

  it('finds the innermost claim behind file URLs and bare paths', () => {
    const spec = buildStageSpec(
      aDocument({
        inputs: [
          { path: '/in/a', url: '/data/x y', type: 'FILE' },
          { path: '/in/b', url: 'file:///data/scratch/x%20y', type: 'FILE' },
          { path: '/in/c', url: 'file:///elsewhere', type: 'FILE' },
        ],
        outputs: [{ path: '/out', url: 'file:///data', type: 'DIRECTORY' }],
      }),
      settings,
    );

    expect(spec.fetches.map((fetch) => fetch.claim)).toEqual([
      { mount: '/.orrery/claims/0', path: 'x y' },
      { mount: '/.orrery/claims/1', path: 'x y' },
      undefined,
    ]);
    expect(spec.outputs.uploads[0]?.claim).toEqual({ mount: '/.orrery/claims/0', path: '' });
  });

  it('marks inputs as read-only where that is wanted and the task does not write there', () => {
    const document = aDocument({
      inputs: [
        { path: '/in/a', content: 'x', type: 'FILE' },
        { path: '/in/b', content: 'x', type: 'FILE' },
        { path: '/in/c/', url: '/data/c', type: 'DIRECTORY' },
      ],
      outputs: [{ path: '/in/b', url: '/data/b', type: 'FILE' }],
    });

    const [usually, wanted] = [false, true].map((inputsReadOnly) => {
      const spec = buildStageSpec(document, { ...settings, inputsReadOnly });
      const marks = [...spec.contents, ...spec.fetches].map(({ readOnly }) => readOnly);
      return { marks, mounted: spec.readOnly, putBack: spec.outputs.readOnly };
    });

    expect(usually).toEqual({
      marks: [undefined, undefined, undefined],
      mounted: [],
      putBack: [],
    });
    const mounted = ['/in/a', '/in/c'];
    expect(wanted).toEqual({ marks: [true, undefined, true], mounted, putBack: mounted });
  });

  it('spells path_prefix as it spells the paths from which it is cut', () => {
    const output = { path: '/data//out/*.txt', path_prefix: '/data//out', url: 's3://b/o' };

    const spec = buildStageSpec(aDocument({ outputs: [{ ...output, type: 'FILE' }] }), settings);

    expect(spec.outputs.uploads).toMatchObject([
      { path: '/data/out/*.txt', pathPrefix: '/data/out' },
    ]);
  });

  it('gives path_prefix to patterns only', () => {
    const spec = buildStageSpec(
      aDocument({
        outputs: [
          { path: '/out/*.txt', path_prefix: '/out', url: 's3://b/o', type: 'FILE' },
          { path: '/out/x', path_prefix: '/out', url: 's3://b/x', type: 'FILE' },
        ],
      }),
      settings,
    );

    expect(spec.outputs.uploads).toEqual([
      { path: '/out/*.txt', pathPrefix: '/out', url: 's3://b/o', type: 'FILE', pattern: true },
      { path: '/out/x', url: 's3://b/x', type: 'FILE', pattern: false },
    ]);
    expect(spec.executors[0]?.readable).toEqual(['/out', '/out/x']);
  });

  it('hands on how long an executor may run: as its task says, else as is configured, else as long as it likes', () => {
    const asking = aDocument({
      resources: { backend_parameters: { Timeouts: 'run=30m,total=2h' } },
    });
    const deadlines = (document: TaskDocument, more: object = {}) =>
      buildStageSpec(document, { ...settings, ...more }).executors.map(
        (executor) => executor.run_deadline_seconds,
      );

    expect(deadlines(asking)).toEqual([1800]);
    expect(deadlines(asking, { runDeadlineSeconds: 60 })).toEqual([1800]);
    expect(deadlines(aDocument(), { runDeadlineSeconds: 60 })).toEqual([60]);
    expect(deadlines(aDocument())).toEqual([null]);
  });

  it('shares the termination messages of a pod evenly', () => {
    const executors = Array.from({ length: 4 }, () => ({ image: 'i', command: ['true'] }));

    const spec = buildStageSpec(aDocument({ executors }), settings);

    expect([spec.messageBytes, spec.outputs.messageBytes, spec.executors[3]?.messageBytes]).toEqual(
      [2048, 2048, 2048],
    );
  });
});
