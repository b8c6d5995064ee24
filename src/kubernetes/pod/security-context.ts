/** Which rights containers have: no more than pod security `baseline` allows, or than `restricted` does. */
import type { PodSecurityContext, SecurityContext } from '../objects.ts';
import type { PodSettings } from './settings.ts';

type Rights = Pick<PodSettings, 'restricted' | 'user'>;

/** What `baseline` allows without asking; images whose entry points chown files or change the user need it. */
const BASELINE_CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/**
 * For the whole pod. Where it is restricted all containers share one user, so that the transporter can read what
 * executors wrote and they what it fetched. There is no `fsGroup`: it would change the group of files in claims.
 */
export function buildPodSecurityContext(rights: Rights): PodSecurityContext {
  return {
    ...(rights.restricted && asUser(rights)),
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** For the user's images, which keep the user their image names unless the administrator sets one. */
export function buildExecutorSecurityContext(rights: Rights): SecurityContext {
  return {
    ...asUser(rights),
    allowPrivilegeEscalation: false,
    capabilities: rights.restricted
      ? { drop: ['ALL'] }
      : { drop: ['ALL'], add: [...BASELINE_CAPABILITIES] },
  };
}

/** For our own stages: root, which must read and replace files of every user, and nothing else. */
export function buildStageSecurityContext(rights: Rights): SecurityContext {
  const user = rights.restricted ? asUser(rights) : { runAsUser: 0, runAsGroup: 0 };
  return {
    ...user,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: rights.restricted
      ? { drop: ['ALL'] }
      : { drop: ['ALL'], add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'] },
  };
}

function asUser({ user }: Rights) {
  return user && { runAsNonRoot: true, runAsUser: user.uid, runAsGroup: user.gid };
}
