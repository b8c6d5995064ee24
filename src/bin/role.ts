/** A role of the program while it runs. */
import type { ReadinessCheck } from '../api/plugins/health.ts';

/** What the process has to know of a running role. */
export interface Role {
  readonly checks: readonly ReadinessCheck[];
  stop(): Promise<void>;
}
