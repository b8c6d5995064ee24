/** Which rights containers have: no more than pod security `baseline` allows. */
import type { PodSecurityContext, SecurityContext } from '../objects.ts';

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

/** For the whole pod. */
export function buildPodSecurityContext(): PodSecurityContext {
  return { seccompProfile: { type: 'RuntimeDefault' } };
}

/** For the user's images, which keep the user their image names. */
export function buildExecutorSecurityContext(): SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'], add: [...BASELINE_CAPABILITIES] },
  };
}

/** For our own stages: root, which must read and replace files of every user, and nothing else. */
export function buildStageSecurityContext(): SecurityContext {
  return {
    runAsUser: 0,
    runAsGroup: 0,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'] },
  };
}
