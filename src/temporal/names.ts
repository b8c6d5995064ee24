/** Names that client and worker must agree on. */

/** The workflow type every task runs as. */
export const RUN_TASK = 'runTask';
