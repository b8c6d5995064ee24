import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { runCommand } from '../command.ts';

/** Who talks to the API server: user name and groups behind each token. */
const USERS = {
  admin: ['admin', 'system:masters'],
  'controller-manager': ['system:kube-controller-manager'],
  scheduler: ['system:kube-scheduler'],
  kubelet: ['system:node:NODE', 'system:nodes'],
};

const NAMES =
  'IP:127.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc';

/** Makes, once, the API server's certificate, the key of service accounts and one token per user. */
export async function ensureKeys(directory: string, node: string): Promise<void> {
  if (existsSync(directory)) return;
  const partial = `${directory}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  await runCommand('openssl', [
    ...[
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '3650',
      '-subj',
      '/CN=kube-apiserver',
    ],
    ...[
      '-keyout',
      path.join(partial, 'apiserver.key'),
      '-out',
      path.join(partial, 'apiserver.crt'),
    ],
    ...['-addext', `subjectAltName=${NAMES}`, '-addext', 'basicConstraints=critical,CA:TRUE'],
  ]);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(
    path.join(partial, 'service-accounts.key'),
    privateKey.export({ type: 'pkcs1', format: 'pem' }),
    { mode: 0o600 },
  );
  const rows = Object.values(USERS).map(([user = '', ...groups]) => {
    const named = user.replace('NODE', node);
    const list = groups.length === 0 ? '' : `,"${groups.join(',')}"`;
    return `${randomBytes(24).toString('hex')},${named},${named}${list}\n`;
  });
  writeFileSync(path.join(partial, 'tokens.csv'), rows.join(''), { mode: 0o600 });
  renameSync(partial, directory);
}

/** Writes one kubeconfig per user below `target`, for the API server on this port. */
export function writeKubeconfigs(keys: string, target: string, port: number): void {
  const certificate = readFileSync(path.join(keys, 'apiserver.crt')).toString('base64');
  const tokens = readFileSync(path.join(keys, 'tokens.csv'), 'utf8').split('\n');
  Object.keys(USERS).forEach((name, index) => {
    const token = tokens[index]?.split(',')[0] ?? '';
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'orrery-local',
      clusters: [
        {
          name: 'orrery-local',
          cluster: {
            server: `https://127.0.0.1:${port}`,
            'certificate-authority-data': certificate,
          },
        },
      ],
      users: [{ name, user: { token } }],
      contexts: [
        {
          name: 'orrery-local',
          context: { cluster: 'orrery-local', user: name, namespace: 'default' },
        },
      ],
    };
    // JSON is YAML, and every reader of kubeconfigs takes it.
    writeFileSync(path.join(target, `${name}.kubeconfig`), JSON.stringify(config, undefined, 2), {
      mode: 0o600,
    });
  });
}
