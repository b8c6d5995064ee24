/** What every pod of an installation is built from. */
import type { PodRules } from '../../tes/pod-rules.ts';

/** The administrator's rules, and where task pods live. */
export interface PodSettings extends PodRules {
  readonly namespace: string;
}
