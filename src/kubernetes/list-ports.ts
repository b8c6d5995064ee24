/** The ports of Kubernetes for collector and administrator: everything that belongs to an installation. */
import type { PodObservation } from '../tes/observation.ts';

/** The pods of one installation, as the API server has them now. */
export interface PodList {
  /** Page by page, so that only one page of whole pods is in memory. Throws when it cannot be read to its end. */
  pages(): AsyncIterable<readonly PodObservation[]>;
}

/** One Secret, by name and uid. */
export interface SecretRef {
  readonly name: string;
  readonly uid: string;
}

/** The Secrets of one installation. */
export interface SecretGateway {
  /** Undefined where the credentials may not list Secrets. */
  list(): Promise<readonly SecretRef[] | undefined>;
  /** DELETE with a uid precondition; one that is gone, or whose name has another uid, is no error. */
  delete(secret: SecretRef): Promise<void>;
}
