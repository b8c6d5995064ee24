import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseToolUri, toolVersionUrl } from '../../../src/tes/tool-uri.ts';

const urlOf = (uri: string) => {
  const tool = parseToolUri(uri);
  return 'fault' in tool ? tool.fault : toolVersionUrl(tool).href;
};

describe('a tool URI', () => {
  it.each([
    ['trs://tools.example.org/samtools/1.9', 'samtools/versions/1.9'],
    ['trs://tools.example.org/samtools/versions/1.9', 'samtools/versions/1.9'],
    [
      'trs://tools.example.org/quay.io%2Fteam%2Ftool/v1%2B2',
      'quay.io%2Fteam%2Ftool/versions/v1%2B2',
    ],
    [
      'trs://tools.example.org/%23workflow%2Fgithub.com%2Fa%2Fb/main',
      '%23workflow%2Fgithub.com%2Fa%2Fb/versions/main',
    ],
  ])('%s leads to its version', (uri, path) => {
    expect(urlOf(uri)).toBe(`https://tools.example.org/ga4gh/trs/v2/tools/${path}`);
  });

  it('keeps the port', () => {
    expect(urlOf('trs://tools.example.org:8443/a/1')).toMatch(
      /^https:\/\/tools.example.org:8443\//,
    );
  });

  it.each([
    'trs://',
    'trs://host',
    'trs://host/id',
    'trs://host/id/',
    'trs:///id/1',
    'trs://host/a/b/c',
    'trs://host/a/versions/b/c',
    'trs://user@host/id/1',
    'trs://host:port/id/1',
    'trs://ho st/id/1',
    'trs://host/id/1?x',
    'trs://host/%/1',
    'trs://host/../1',
    'trs://host/%2e%2e/1',
    'trs://host/a%0ab/1',
    `trs://host/${'a'.repeat(1000)}/1`,
  ])('%j is malformed', (uri) => {
    expect(urlOf(uri)).toMatch(/^is the malformed tool URI .*; write trs:\/\/host\/id\/version/);
  });

  it('never leads to another host or out of the tools of its registry', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (id, version) => {
        const tool = parseToolUri(`trs://tools.example.org/${id}/${version}`);
        const url = 'fault' in tool ? undefined : toolVersionUrl(tool);
        expect(url?.host ?? 'tools.example.org').toBe('tools.example.org');
        expect(url?.pathname ?? '/ga4gh/trs/v2/tools/').toMatch(/^\/ga4gh\/trs\/v2\/tools\//);
      }),
    );
  });
});
