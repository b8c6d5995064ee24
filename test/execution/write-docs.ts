/** Writes docs/execution.md anew: `node test/execution/write-docs.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { renderDocs } from './render-docs.ts';

writeFileSync(join(import.meta.dirname, '../../docs/execution.md'), renderDocs());
