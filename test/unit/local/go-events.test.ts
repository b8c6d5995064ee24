import { describe, expect, it } from '@jest/globals';

import { parseFuzzTargets, parseGoEvents } from '../../../deploy/local/go-events.ts';

const lines = (...events: unknown[]): string =>
  events.map((event) => JSON.stringify(event)).join('\n');

describe('the events of go test', () => {
  it('count tests, not packages, and show what failed', () => {
    const counts = parseGoEvents(
      lines(
        { Action: 'output', Package: 'p', Test: 'TestA', Output: 'fine\n' },
        { Action: 'pass', Package: 'p', Test: 'TestA' },
        { Action: 'output', Package: 'p', Test: 'TestB', Output: '--- FAIL: TestB\n' },
        { Action: 'fail', Package: 'p', Test: 'TestB' },
        { Action: 'skip', Package: 'p', Test: 'TestC' },
        { Action: 'output', Package: 'p', Output: 'FAIL p\n' },
        { Action: 'fail', Package: 'p' },
      ),
    );

    expect(counts).toEqual({ passed: 1, failed: 1, skipped: 1, text: '--- FAIL: TestB\nFAIL p\n' });
  });

  it('count a package that does not compile as one failure', () => {
    expect(parseGoEvents(lines({ Action: 'fail', Package: 'p' }))).toMatchObject({
      passed: 0,
      failed: 1,
    });
  });

  it('leave out lines that are not events', () => {
    expect(parseGoEvents('go: downloading x\n')).toMatchObject({ passed: 0, failed: 0, text: '' });
  });
});

describe('the list of go test', () => {
  it('names each fuzz test with its package', () => {
    const list =
      'FuzzA\nok  \tx/a\t0.1s\nok  \tx/b\t0.1s\n?   \tx/c\t[no test files]\nFuzzD\nFuzzE\nok  \tx/d\t0.1s\n';
    expect(parseFuzzTargets(list)).toEqual([
      { name: 'FuzzA', folder: 'x/a' },
      { name: 'FuzzD', folder: 'x/d' },
      { name: 'FuzzE', folder: 'x/d' },
    ]);
  });
});
