/** Everything that can be done to the system. */
import type { Action } from './action.ts';
import { DEADLINE_ACTIONS } from './deadline-actions.ts';
import { LINE_ACTIONS } from './line-actions.ts';
import { NODE_ACTIONS } from './node-actions.ts';
import { POD_ACTIONS } from './pod-actions.ts';
import { PROCESS_ACTIONS } from './process-actions.ts';

/** The actions of a run; machines are lost only where they are simulated. */
export function listActions({ hasNodes }: { readonly hasNodes: boolean }): readonly Action[] {
  return [
    ...PROCESS_ACTIONS,
    ...LINE_ACTIONS,
    ...POD_ACTIONS,
    ...(hasNodes ? NODE_ACTIONS : []),
    ...DEADLINE_ACTIONS,
  ];
}
