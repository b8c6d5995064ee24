import { fileURLToPath } from 'node:url';

/** The workflow code that workers bundle and replays are held against. */
export const WORKFLOWS_PATH = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
