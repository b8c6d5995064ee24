/** An installation whose administrator offers and forbids nothing in particular. */
import type { PodSettings } from '../../src/kubernetes/pod/settings.ts';
import type { Offers } from '../../src/tes/offers.ts';
import type { TaskRules } from '../../src/tes/parse-task.ts';

export const PLAIN_OFFERS: Offers = {
  maximums: {},
  placements: {},
  gpus: {},
  preemptible: {},
  zones: {},
  serviceAccounts: [],
  timeouts: {},
};

export const PLAIN_RULES = {
  offers: PLAIN_OFFERS,
  images: { allowed: [], toolHosts: [] },
  reservedPlaces: [],
} as const satisfies Partial<TaskRules>;

export const PLAIN_PODS = {
  images: { pullSecrets: [] },
  offers: PLAIN_OFFERS,
  inputsReadOnly: false,
  restricted: false,
  executorSecrets: [],
} as const satisfies Partial<PodSettings>;
