import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  backendParameterFault,
  backendParameterNames,
  priorityOf,
  retryPolicyOf,
  timeoutsOf,
  wishesOf,
} from '../../../src/tes/backend-parameters.ts';
import type { Offers } from '../../../src/tes/offers.ts';
import { PLAIN_OFFERS } from '../../support/plain-rules.ts';

const OFFERS: Offers = {
  ...PLAIN_OFFERS,
  placements: { default: {}, big: {} },
  gpus: {
    default: { resource: 'nvidia.com/gpu', maximum: 4 },
    a100: { resource: 'nvidia.com/gpu', maximum: 8 },
  },
  serviceAccounts: [{ name: 'reader', token: false }],
  timeouts: { queueMs: 3_600_000, totalMs: 86_400_000 },
};

type Sent = Readonly<Record<string, string>>;

const wishes = (backend_parameters: Sent) => wishesOf({ backend_parameters });
const resourcesOf = (backend_parameters: Sent) => ({ resources: { backend_parameters } });

describe('the published parameters', () => {
  it('are those that need no profile, and those whose profiles there are', () => {
    expect(backendParameterNames(PLAIN_OFFERS)).toEqual(['max_retries', 'priority', 'timeouts']);
    expect(backendParameterNames(OFFERS)).toEqual([
      'gpu',
      'max_retries',
      'placement',
      'priority',
      'service_account',
      'timeouts',
    ]);
  });

  it('do not hold placement where there is only the profile that nobody has to choose', () => {
    const names = backendParameterNames({ ...PLAIN_OFFERS, placements: { default: {} } });

    expect(names).not.toContain('placement');
  });
});

describe('a value', () => {
  it.each([
    ['gpu', '1'],
    ['GPU', 'a100:8'],
    ['max_retries', '0'],
    ['Max_Retries', '10'],
    ['placement', 'big'],
    ['placement', 'default'],
    ['priority', '-100'],
    ['priority', '100'],
    ['service_account', 'reader'],
    ['timeouts', 'queue=1h, run=90, total=1d'],
    ['timeouts', 'pull=365d'],
    ['other', 'anything'],
  ])('of %s may be %s', (name, text) => {
    expect(backendParameterFault(name, text, OFFERS)).toBeUndefined();
  });

  it.each([
    ['gpu', '0', /as in "1"/],
    ['gpu', '-1', /as in "1"/],
    ['gpu', 'many', /as in "1"/],
    ['gpu', '5', /asks for 5; at most 4 of default/],
    ['gpu', 'a100:9', /at most 8 of a100/],
    ['gpu', 'h100:1', /GPU profile "h100"; use one of default, a100, as in "default:1"/],
    ['gpu', 'constructor:1', /GPU profile "constructor"/],
    ['max_retries', '', /a whole number from 0 to 10, in quotes/],
    ['max_retries', '-1', /from 0 to 10/],
    ['max_retries', '11', /from 0 to 10/],
    ['max_retries', '1.5', /from 0 to 10/],
    ['max_retries', '1e1', /from 0 to 10/],
    ['max_retries', ' 1', /from 0 to 10/],
    ['priority', '101', /from -100 to 100/],
    ['priority', '-101', /from -100 to 100/],
    ['placement', 'huge', /is "huge"; use one of default, big/],
    ['placement', '__proto__', /is "__proto__"/],
    ['service_account', 'default', /is "default"; use one of reader/],
    ['timeouts', '', /malformed; write it as in/],
    ['timeouts', 'run', /malformed/],
    ['timeouts', 'run=1w', /malformed/],
    ['timeouts', 'walk=1h', /malformed/],
    ['timeouts', 'run=1h,', /malformed/],
    ['timeouts', 'run=0', /run timeout that is not between 1 s and 365 d/],
    ['timeouts', 'run=366d', /not between/],
    ['timeouts', 'run=1h,run=2h', /names run twice/],
    ['timeouts', 'queue=61m', /queue timeout of 3660 s; at most 3600 s/],
    ['timeouts', 'run=1h,total=2d', /total timeout of 172800 s; at most 86400 s/],
  ])('of %s may not be %j', (name, text, sentence) => {
    expect(backendParameterFault(name, text, OFFERS)).toMatch(sentence);
  });
});

describe('what a task asks for', () => {
  it('is read in any letter case', () => {
    expect(
      wishes({
        Gpu: 'a100:2',
        PLACEMENT: 'big',
        Max_Retries: '2',
        priority: '-5',
        service_account: 'reader',
        timeouts: 'queue=2h,pull=600,run=30m,total=1d',
      }),
    ).toEqual({
      gpu: { profile: 'a100', count: 2 },
      placement: 'big',
      max_retries: 2,
      priority: -5,
      service_account: 'reader',
      timeouts: { queueMs: 7_200_000, pullMs: 600_000, runMs: 1_800_000, totalMs: 86_400_000 },
    });
  });

  it('is nothing where nothing is sent', () => {
    expect([wishesOf(undefined), wishesOf({}), wishes({ other: '1' })]).toEqual([{}, {}, {}]);
    expect(priorityOf({})).toBe(0);
  });

  it('never throws, and asks for nothing with what has a fault', () => {
    const name = fc.constantFrom('gpu', 'max_retries', 'priority', 'timeouts');

    fc.assert(
      fc.property(name, fc.string({ unit: 'binary' }), (key, text) => {
        const isAsked = key in wishes({ [key]: text });
        const hasForm = backendParameterFault(key, text, OFFERS) === undefined;
        expect(isAsked || !hasForm).toBe(true);
      }),
    );
  });
});

describe('the policies of a task', () => {
  const standard = { maxAttempts: 3, backoffMs: 1000 };

  it('are its own number of retries, one less than its attempts', () => {
    const attempts = (sent: Sent) => retryPolicyOf(resourcesOf(sent), standard).maxAttempts;

    expect([attempts({}), attempts({ max_retries: '0' }), attempts({ MAX_RETRIES: '10' })]).toEqual(
      [3, 1, 11],
    );
  });

  it('are its own timeouts, and the usual ones where it has none', () => {
    const usual = { queueMs: 1, pullMs: 2, totalMs: 3 };

    expect(timeoutsOf(resourcesOf({ timeouts: 'pull=1s' }), usual)).toEqual({
      ...usual,
      pullMs: 1000,
    });
    expect(timeoutsOf({}, usual)).toEqual(usual);
  });

  it('are its own place among the tasks of its owner', () => {
    expect(priorityOf(resourcesOf({ Priority: '7' }))).toBe(7);
  });
});
