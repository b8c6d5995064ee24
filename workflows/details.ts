/** What the Temporal UI says of a task while it runs; it costs no history event. */
import { defineSearchAttributeKey } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';

import type { AttemptInput } from '../activities/results.ts';
import { podName } from '../src/tes/attempt.ts';
import { END_ATTRIBUTES } from '../src/tes/search-attributes.ts';
import type { FinalState } from '../src/tes/state.ts';

/** What is known of an attempt. `reason` is a code such as `NodeLost`, whose sentence is in the task's own log. */
export interface AttemptDetails {
  readonly doing: string;
  readonly node?: string | undefined;
  readonly reason?: string | undefined;
}

/** Shows the attempt, its pod, the Node and why the one before ended, as far as the workflow knows. */
export function showAttempt(attempt: AttemptInput, { doing, node, reason }: AttemptDetails): void {
  const lines = [
    `**Attempt ${attempt.number}**: ${doing}`,
    `* pod: \`${podName(attempt)}\``,
    ...(node === undefined ? [] : [`* node: \`${node}\``]),
    ...(reason === undefined ? [] : [`* last reason: \`${reason}\``]),
  ];
  setCurrentDetails(lines.join('\n'));
}

/** How a task ended. */
export interface End {
  readonly state: FinalState;
  readonly number?: number | undefined;
  readonly reason?: string | undefined;
}

/** Shows the end. Only an end that is not COMPLETE is worth the history event that search attributes cost. */
export function showEnd({ state, number, reason }: End, mayUseAttributes: boolean): void {
  const because = reason === undefined ? '' : `: \`${reason}\``;
  const attempts = number === undefined ? '' : ` after attempt ${number}`;
  setCurrentDetails(`**${state}**${attempts}${because}`);
  if (!mayUseAttributes || state === 'COMPLETE') return;
  upsertSearchAttributes([
    { key: keyword(END_ATTRIBUTES.state), value: state },
    { key: keyword(END_ATTRIBUTES.reason), value: reason ?? 'unknown' },
    { key: keyword(END_ATTRIBUTES.attempts), value: String(number ?? 0) },
  ]);
}

function keyword(name: string) {
  return defineSearchAttributeKey(name, 'KEYWORD');
}
