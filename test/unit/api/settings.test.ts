import { describe, expect, it } from '@jest/globals';

import { toApiSettings } from '../../../src/api/settings.ts';

const CONFIG = {
  api: {
    host: '127.0.0.1',
    port: 0,
    bodyLimit: 1024,
    maxExecutors: 5,
    hideCanceling: true,
    corsOrigins: ['https://example.org'],
  },
  pods: {
    shimImage: 'shim',
    transporterImage: 'transporter',
    imagePullPolicy: 'IfNotPresent',
    defaults: { cpuCores: 1, ramGb: 1, diskGb: 1 },
    fileClaims: [{ root: '/data/ü b', claim: 'data' }],
    tailBytes: 1,
    graceSeconds: 1,
  },
  service: { id: 'org.example', name: 'Orrery', organization: { name: 'E', url: 'https://e.org' } },
} as const;

describe('toApiSettings', () => {
  it('accepts and names exactly the folders that have a claim', () => {
    const settings = toApiSettings(CONFIG, '1.2.3');

    expect(settings.taskRules).toMatchObject({ maxExecutors: 5, fileRoots: ['/data/ü b'] });
    expect(settings.service).toMatchObject({
      version: '1.2.3',
      storage: ['file:///data/%C3%BC%20b'],
    });
  });
});
