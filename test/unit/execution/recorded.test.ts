/** Rows of the table of ends that the private cluster cannot produce, and that no row is without a proof. */
import { describe, expect, it } from '@jest/globals';

import { observeNode, observePod } from '../../../src/kubernetes/pod-status.ts';
import { classify } from '../../../src/tes/classification.ts';
import { endVerdict } from '../../../src/tes/end-verdict.ts';
import { ENDS, type EndWay } from '../../../src/tes/ends.ts';
import type { Evidence } from '../../../src/tes/evidence.ts';
import { executorIndex } from '../../../src/tes/stages.ts';
import { proofOf, type Recording, RECORDINGS } from '../../execution/proofs.ts';
import { sentencePattern } from '../../execution/sentence-pattern.ts';

const WAYS = Object.keys(ENDS) as EndWay[];

function evidenceOf({ pod, node, intent, report }: Recording): Evidence {
  const seen = pod && observePod(pod);
  const executors = seen?.containers.filter(({ name }) => executorIndex(name) !== undefined) ?? [];
  return {
    executors: executors.map(({ image }) => ({
      image,
      ignoreError: false,
      memoryLimitBytes: 2_000_000_000,
    })),
    pod: seen,
    node: node && observeNode(node),
    intent,
    report,
    oomKilled: new Set(),
    preemptible: false,
    retriesOn: true,
    diskLimitBytes: 1_000_000_000,
  };
}

describe('a recorded end', () => {
  it.each(RECORDINGS.map((one) => [one.proves, one] as const))(
    'is read as %s',
    (way, recording) => {
      const { code, state, message } = classify(evidenceOf(recording));
      expect({ code, state }).toEqual({ code: ENDS[way].code, state: recording.state });
      expect(message).toMatch(sentencePattern(way));
      expect(message).toContain(recording.reason);
    },
  );
});

describe('the table of ends', () => {
  it.each(WAYS)('has a case or a recording for %s', (way) => {
    expect(proofOf(way)).toBeDefined();
  });

  it('has sentences that can be told apart from those of other codes', () => {
    for (const way of WAYS) {
      const alike = WAYS.filter((other) => sentencePattern(other).test(endVerdict(way).message));
      expect(new Set(alike.map((other) => ENDS[other].code))).toEqual(new Set([ENDS[way].code]));
    }
  });
});
