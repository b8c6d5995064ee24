import { describe, expect, it } from '@jest/globals';

import { toApiSettings } from '../../../src/api/settings.ts';
import { PLAIN_OFFERS, PLAIN_PODS, PLAIN_RULES } from '../../support/plain-rules.ts';

const CONFIG = {
  api: {
    host: '127.0.0.1',
    port: 0,
    bodyLimit: 1024,
    maxExecutors: 5,
    hideCanceling: true,
    corsOrigins: ['https://example.org'],
    trustedProxies: [],
    keepAliveMs: 75_000,
  },
  auth: { mode: 'none', headers: { subject: 'x-user', groups: 'x-groups' } },
  limits: { addressRequests: 7, callerRequests: 8, eventLoopDelayMs: 9, heapPercent: 10 },
  dispatch: { pods: 1, inlineBytes: 4, ownerPods: 1, ownerInlineBytes: 3 },
  pods: {
    shimImage: 'shim',
    transporterImage: 'transporter',
    imagePullPolicy: 'IfNotPresent',
    ...PLAIN_PODS,
    images: { ...PLAIN_RULES.images, pullSecrets: [] },
    offers: { ...PLAIN_OFFERS, serviceAccounts: [{ name: 'reader', token: true }] },
    executorSecrets: [{ path: '/licence', secret: 'licence' }],
    defaults: { cpuCores: 1, ramGb: 1, diskGb: 1 },
    fileClaims: [{ root: '/data/ü b', claim: 'data' }],
    tailBytes: 1,
    graceSeconds: 1,
  },
  service: { id: 'org.example', name: 'Orrery', organization: { name: 'E', url: 'https://e.org' } },
} as const;

const RELEASE = {
  version: '1.2.3',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-02-01T00:00:00.000Z',
};

describe('toApiSettings', () => {
  it('accepts and names exactly the folders that have a claim', () => {
    const settings = toApiSettings(CONFIG, RELEASE);

    expect(settings.taskRules).toMatchObject({
      maxExecutors: 5,
      fileRoots: ['/data/ü b'],
      maxDocumentBytes: 3,
      reservedPlaces: ['/licence', '/var/run/secrets/kubernetes.io/serviceaccount'],
    });
    expect(settings.service).toMatchObject({
      ...RELEASE,
      storage: ['file:///data/%C3%BC%20b'],
    });
  });

  it('limits nobody for others: open mode knows one caller, the trusted proxy may hide all addresses', () => {
    const limitsOf = (mode: 'none' | 'trusted-header', trustedProxies: string[]) => {
      const auth = { ...CONFIG.auth, mode };
      const api = { ...CONFIG.api, trustedProxies };
      return toApiSettings({ ...CONFIG, auth, api }, RELEASE).rateLimits;
    };

    expect(limitsOf('none', [])).toEqual({ addressRequests: 7, callerRequests: 0 });
    expect(limitsOf('trusted-header', [])).toEqual({ addressRequests: 0, callerRequests: 8 });
    expect(limitsOf('trusted-header', ['127.0.0.1'])).toEqual({
      addressRequests: 7,
      callerRequests: 8,
    });
  });
});
