/** The search attributes of `runTask`, all of Temporal's type Keyword. None tells who owns a task. */

/** The image of the first executor; set at the start. */
export const IMAGE_ATTRIBUTE = 'OrreryImage';

/** The final state, the code of its reason and the number of attempts; set at the end of a task that is not COMPLETE. */
export const END_ATTRIBUTES = {
  state: 'OrreryState',
  reason: 'OrreryReason',
  attempts: 'OrreryAttempts',
} as const;

/** All of them. */
export const SEARCH_ATTRIBUTES: readonly string[] = [
  IMAGE_ATTRIBUTE,
  ...Object.values(END_ATTRIBUTES),
];
