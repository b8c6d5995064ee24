import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import { makeMutant, type MutantName, MUTANTS } from '../../chaos/mutants.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-mutants-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a mutant', () => {
  it.each(Object.keys(MUTANTS) as MutantName[])('finds the guard that it takes out: %s', (name) => {
    expect(() => makeMutant(name, join(folder, name))).not.toThrow();
  });
});
