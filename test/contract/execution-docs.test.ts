/** docs/execution.md is what the cases and the table of ends make of it. */
import { readFile } from 'node:fs/promises';

import { expect, it } from '@jest/globals';

import { renderDocs } from '../execution/render-docs.ts';

it('docs/execution.md is up to date: `node test/execution/write-docs.ts` writes it anew', async () => {
  const page = new URL('../../docs/execution.md', import.meta.url);
  await expect(readFile(page, 'utf8')).resolves.toBe(renderDocs());
});
