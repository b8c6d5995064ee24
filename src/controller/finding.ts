/** What a look at pods, rows and workflows found, as a small record. */
import type { AttemptRef } from '../tes/attempt.ts';
import type { OrphanKind, OrphanStep } from './orphan.ts';

/** A pod that nobody needs any more. */
export interface OrphanFound {
  readonly what: 'orphan';
  readonly taskId: string;
  readonly attempt: AttemptRef;
  readonly name: string;
  readonly uid: string;
  readonly kind: OrphanKind;
  readonly step: OrphanStep;
}

/** A debt whose pod is not there any more; `mark` when its Node proves its death. */
export interface DebtFound {
  readonly what: 'debt';
  readonly taskId: string;
  readonly attempt: AttemptRef;
  readonly podUid: string;
  readonly step: 'mark' | 'wait';
}

/** An open task whose workflow is closed. */
export interface ClosedFound {
  readonly what: 'closed';
  readonly taskId: string;
  readonly step: 'end';
}

export type Finding = OrphanFound | DebtFound | ClosedFound;

/** True for what a round would change. */
export function isActionable({ step }: Finding): boolean {
  return step !== 'wait' && step !== 'leave';
}

const WHY: Readonly<Record<OrphanKind, string>> = {
  'task-unknown': 'its task is not in the database',
  'attempt-unknown': 'its attempt is not in the database',
  'task-final': 'its task has ended',
  'other-uid': 'another pod is recorded for its attempt',
  'attempt-settled': 'its attempt is settled and it was not cleaned up',
  debt: 'its attempt was settled without proof of its death',
};

const STEPS: Readonly<Record<OrphanStep, string>> = {
  remove: 'to be deleted',
  settle: 'to be settled and deleted',
  wait: 'nothing to do until its death is proven',
  leave: 'left to its workflow, which is still open',
};

/** A finding in one line for people. */
export function describeFinding(finding: Finding): string {
  switch (finding.what) {
    case 'orphan':
      return `pod ${finding.name} (uid ${finding.uid}): ${STEPS[finding.step]}; ${WHY[finding.kind]}.`;
    case 'debt':
      return finding.step === 'mark'
        ? `task ${finding.taskId}, attempt ${finding.attempt.number}: debt to be released; its node is gone or out of service.`
        : `task ${finding.taskId}, attempt ${finding.attempt.number}: debt stays; its pod is gone and nothing proves that it is dead.`;
    case 'closed':
      return `task ${finding.taskId}: to be ended; its workflow is closed.`;
  }
}
