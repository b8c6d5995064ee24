import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** An empty folder of its own; the caller removes it. */
export function makeTempFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'orrery-unit-'));
}
