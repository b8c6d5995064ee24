import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { parseTask } from '../../src/tes/parse-task.ts';
import { PLAIN_RULES } from '../support/plain-rules.ts';

const FOLDER = join(import.meta.dirname, '../../examples/tasks');

const RULES = {
  maxExecutors: 32,
  fileRoots: ['/some/files'],
  ...PLAIN_RULES,
  schemes: ['file'],
  maxDocumentBytes: 2 ** 30,
} as const;

/** The example as somebody sends it: with both placeholders replaced. */
function filledIn(name: string): unknown {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  return JSON.parse(
    text.replaceAll('{FILES}', '/some/files').replaceAll('{IMAGE}', 'orrery.local/demo:1'),
  );
}

describe('the example tasks', () => {
  const names = readdirSync(FOLDER);

  it('are the ones that the page about them lists', () => {
    const page = readFileSync(join(FOLDER, '../README.md'), 'utf8');
    const listed = Array.from(page.matchAll(/`tasks\/([^`]+)`/g), ([, name]) => name);

    expect(listed.sort()).toEqual(names.sort());
  });

  it.each(names)('are accepted as they are, without a warning: %s', (name) => {
    const sent = filledIn(name);

    expect(parseTask(sent, RULES)).toEqual({ document: sent, warnings: [] });
  });

  it.each(names)('hold no placeholder beside the two documented ones: %s', (name) => {
    expect(JSON.stringify(filledIn(name))).not.toMatch(/\{[A-Z]+\}/);
  });
});
