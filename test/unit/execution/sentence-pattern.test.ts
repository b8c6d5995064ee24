import { describe, expect, it } from '@jest/globals';

import { endVerdict } from '../../../src/tes/end-verdict.ts';
import { sentencePattern } from '../../execution/sentence-pattern.ts';

const FACTS = { executor: 'Executor 0 (image busybox:1)', exitCode: 137, memory: '50.33 MB' };

describe('the pattern of a sentence', () => {
  const told = endVerdict('oomCommand', FACTS).message;
  const untold = endVerdict('oomCommand', { ...FACTS, memory: undefined }).message;

  it('takes any facts, told or not, where none are given', () => {
    expect(told).toMatch(sentencePattern('oomCommand'));
    expect(untold).toMatch(sentencePattern('oomCommand'));
  });

  it('asks for the facts that are given', () => {
    expect(told).toMatch(sentencePattern('oomCommand', FACTS));
    expect(untold).not.toMatch(sentencePattern('oomCommand', { memory: '50.33 MB' }));
    expect(told).not.toMatch(sentencePattern('oomCommand', { memory: '50 MB' }));
    expect(told).not.toMatch(sentencePattern('oomCommand', { exitCode: 1 }));
  });
});
