import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { describeSettings } from '../../src/config/describe.ts';

describe('docs/configuration.md', () => {
  it('is what src/config/schema.ts says; after a change write it anew from describeSettings()', () => {
    const page = new URL('../../docs/configuration.md', import.meta.url);

    expect(readFileSync(page, 'utf8')).toBe(describeSettings());
  });
});
