import { describe, expect, it } from '@jest/globals';

import { parseTask } from '../../../src/tes/parse-task.ts';
import { aBody, RULES } from '../../support/task-bodies.ts';

describe('a document that could never be started', () => {
  const rules = { ...RULES, maxDocumentBytes: 1_000_000 };
  const bodyOf = (length: number) =>
    aBody({ inputs: [{ path: '/in', content: 'é'.repeat(length / 2) }] });

  it('is refused with a sentence that names its bytes, the limit and the remedy', () => {
    expect(parseTask(bodyOf(1_000_000), rules)).toEqual({
      problems: [
        {
          pointer: '',
          message: expect.stringMatching(
            /^The body has 1000\d{3} bytes as JSON, which must not be more than 1000000 here; bring in content by URL instead\.$/,
          ),
        },
      ],
    });
  });

  it('is one above the limit, counted in bytes', () => {
    expect(parseTask(bodyOf(999_000), rules)).toHaveProperty('document');
  });
});
