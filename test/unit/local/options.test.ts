import { describe, expect, it } from '@jest/globals';

import {
  LAYERS,
  parseBenchOptions,
  parseLocalOptions,
  parseStartOptions,
  parseTestOptions,
} from '../../../deploy/local/options.ts';

describe('the options of npm start', () => {
  it('serve on port 8080 from the files folder of the state directory unless told otherwise', () => {
    const options = parseStartOptions(['--state', '/s']);

    expect(options).toEqual({
      state: '/s',
      files: '/s/files',
      port: 8080,
      isOnce: false,
      isReset: false,
      isHelp: false,
    });
  });

  it('take every setting', () => {
    const options = parseStartOptions([
      '--once',
      '--port',
      '99',
      '--files=/f',
      '--context',
      'kind-x',
      '--reset',
    ]);

    expect(options).toMatchObject({
      isOnce: true,
      port: 99,
      files: '/f',
      context: 'kind-x',
      isReset: true,
    });
  });

  it.each(['0', '65536', 'x', '80.5'])('refuse %s as a port', (port) => {
    expect(() => parseStartOptions(['--port', port])).toThrow('is not a port');
  });

  it('name an unknown option', () => {
    expect(() => parseStartOptions(['--prot', '1'])).toThrow('--prot');
  });
});

describe('the options of npm test', () => {
  it('run every layer in a state directory apart from the one of npm start', () => {
    const options = parseTestOptions([]);

    expect(options.layers).toEqual(LAYERS);
    expect(options.state).toBe(`${parseStartOptions([]).state}-test`);
  });

  it('hand what they do not know to jest, in order', () => {
    const options = parseTestOptions([
      '--layer',
      'unit',
      '-t',
      'a name',
      '--keep',
      'some/file',
      '--layer=e2e',
      '--bail',
    ]);

    expect(options.layers).toEqual(['unit', 'e2e']);
    expect(options.isKept).toBe(true);
    expect(options.rest).toEqual(['-t', 'a name', 'some/file', '--bail']);
  });

  it('refuse an unknown layer and name those there are', () => {
    expect(() => parseTestOptions(['--layer', 'nit'])).toThrow(
      'no test layer nit: --layer takes one of unit',
    );
  });
});

describe('the options of npm run local', () => {
  it('leave what follows the command to the command', () => {
    const options = parseLocalOptions([
      '--state',
      '/s',
      'kubectl',
      '--state',
      'x',
      'get',
      'pods',
      '-A',
    ]);

    expect(options).toMatchObject({
      state: '/s',
      command: 'kubectl',
      rest: ['--state', 'x', 'get', 'pods', '-A'],
    });
  });

  it('have no command when none is given', () => {
    expect(parseLocalOptions(['--help'])).toMatchObject({ isHelp: true, rest: [] });
  });
});

describe('the options of npm run bench', () => {
  it('name the environment of the tests unless told otherwise, and hand on how much is measured', () => {
    const options = parseBenchOptions(['--quick', '--tasks', '5']);

    expect(options.state).toMatch(/-test$/);
    expect(options.rest).toEqual(['--tasks', '5', '--quick']);
  });

  it('end in a sentence when one is unknown', () => {
    expect(() => parseBenchOptions(['--fast'])).toThrow('--help lists the options');
  });
});
