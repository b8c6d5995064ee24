/** What became of every task pod, computed from the API server's audit log alone. */
import type { AuditEvent } from './audit-log.ts';

/** Times are milliseconds since 1970; absent: it did not happen. */
export interface PodLife {
  readonly namespace: string;
  readonly name: string;
  readonly taskId: string;
  readonly attempt: number;
  uid?: string;
  createdAt?: number;
  /** The scheduling gate was lifted. */
  liftedAt?: number;
  boundAt?: number;
  node?: string;
  /** The node first reported a container that runs or has run. */
  startedAt?: number;
  endedAt?: number;
  /** The node reported the end, or its machine was declared off. */
  endedBy?: 'node' | 'fence';
  deleteAskedAt?: number;
  /** Our finalizer was removed. */
  releasedAt?: number;
  /** Who did it: user agents, by the names of the times above. */
  readonly by: Partial<Record<PodTime, string>>;
}

type PodTime =
  'createdAt' | 'liftedAt' | 'boundAt' | 'startedAt' | 'endedAt' | 'deleteAskedAt' | 'releasedAt';

/** Two pods of one task that were alive at the same time. */
export interface Overlap {
  readonly taskId: string;
  readonly first: PodLife;
  readonly second: PodLife;
  /** From and to, in milliseconds since 1970; `Infinity` when the log knows of no end. */
  readonly from: number;
  readonly to: number;
}

const POD = /^orrery-(.+)-(\d+)$/;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** Follows the pods through the events, which are taken in the order of the log. */
export async function podLivesOf(
  events: AsyncIterable<AuditEvent> | Iterable<AuditEvent>,
): Promise<readonly PodLife[]> {
  const lives: PodLife[] = [];
  const newest = new Map<string, PodLife>();
  const byUid = new Map<string, PodLife>();

  function begin(event: AuditEvent): PodLife {
    const [, taskId = '', attempt = '0'] = POD.exec(event.name) ?? [];
    const { namespace, name } = event;
    const life: PodLife = { namespace, name, taskId, attempt: Number(attempt), by: {} };
    lives.push(life);
    newest.set(`${namespace}/${name}`, life);
    return life;
  }

  /** A name can come back with another uid; the newest pod of the name is meant where no uid is given. */
  function find(event: AuditEvent): PodLife {
    if (event.verb === 'create' && event.subresource === '') return begin(event);
    const known = event.uid === undefined ? undefined : byUid.get(event.uid);
    if (known !== undefined) return known;
    const named = newest.get(`${event.namespace}/${event.name}`);
    const isOther = event.uid !== undefined && named?.uid !== undefined;
    const life = named === undefined || isOther ? begin(event) : named;
    if (event.uid !== undefined) {
      life.uid = event.uid;
      byUid.set(event.uid, life);
    }
    return life;
  }

  for await (const event of events) {
    if (event.code >= 300) continue;
    if (event.resource === 'nodes' && isFence(event)) fence(lives, event);
    if (event.resource === 'pods' && POD.test(event.name)) note(find(event), event);
  }
  return lives;
}

/**
 * Pods of one task that were alive at once. A pod lives from its binding, because from then on its node may run it
 * at any moment, to the end that its node reported or to the time when somebody declared the machine off; deleting
 * the pod's object proves nothing.
 */
export function overlaps(lives: readonly PodLife[]): readonly Overlap[] {
  const bound = lives.filter(({ boundAt }) => boundAt !== undefined);
  return [...Map.groupBy(bound, ({ taskId }) => taskId)].flatMap(([taskId, pods]) => {
    const sorted = pods.toSorted((one, other) => startOf(one) - startOf(other));
    return sorted.flatMap((first, index) =>
      sorted
        .slice(index + 1)
        .filter((second) => startOf(second) < endOf(first))
        .map((second) => ({
          taskId,
          first,
          second,
          from: startOf(second),
          to: Math.min(endOf(first), endOf(second)),
        })),
    );
  });
}

const startOf = (life: PodLife): number => life.boundAt ?? Infinity;
const endOf = (life: PodLife): number => life.endedAt ?? Infinity;

/** Each time is that of the first event. */
function note(life: PodLife, event: AuditEvent): void {
  const times = event.subresource === '' ? timesOfPod(event) : timesOfPart(event);
  for (const time of times) {
    if (life[time] !== undefined) continue;
    life[time] = event.at;
    life.by[time] = event.userAgent;
    if (time === 'endedAt') life.endedBy = 'node';
    if (time === 'boundAt') life.node = (event.body as Binding | undefined)?.target?.name ?? '';
  }
}

interface Binding {
  readonly target?: { readonly name?: string };
}

interface PodPatch {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: { readonly schedulingGates?: unknown };
}

function timesOfPod({ verb, body }: AuditEvent): readonly PodTime[] {
  if (verb === 'create') return ['createdAt'];
  if (verb === 'delete') return ['deleteAskedAt'];
  const { metadata = {}, spec } = (body ?? {}) as PodPatch;
  const isRelease = Object.keys(metadata).some((key) => key.endsWith('finalizers'));
  return [
    ...(spec?.schedulingGates === undefined ? [] : (['liftedAt'] as const)),
    ...(isRelease ? (['releasedAt'] as const) : []),
  ];
}

interface StatusPatch {
  readonly status?: {
    readonly phase?: string;
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly state?: { readonly running?: unknown; readonly terminated?: unknown };
}

function timesOfPart(event: AuditEvent): readonly PodTime[] {
  if (event.subresource === 'binding') return ['boundAt'];
  if (event.subresource !== 'status' || !isNode(event)) return [];
  const {
    phase,
    initContainerStatuses = [],
    containerStatuses = [],
  } = ((event.body ?? {}) as StatusPatch).status ?? {};
  const hasStarted = [...initContainerStatuses, ...containerStatuses].some(
    ({ state }) => state?.running != null || state?.terminated != null,
  );
  const hasEnded = phase === 'Succeeded' || phase === 'Failed';
  return [
    ...(hasStarted ? (['startedAt'] as const) : []),
    ...(hasEnded ? (['endedAt'] as const) : []),
  ];
}

/** Only the program of the node knows what runs there; the garbage collector writes Failed without looking. */
function isNode({ user, userAgent }: AuditEvent): boolean {
  return user.startsWith('system:node:') || userAgent.startsWith('kwok');
}

function isFence({ verb, body }: AuditEvent): boolean {
  if (verb === 'delete') return true;
  const { spec } = (body ?? {}) as { spec?: { taints?: readonly { key?: string }[] | null } };
  return verb !== 'create' && (spec?.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE);
}

/** Everything on a machine that is off has ended. */
function fence(lives: readonly PodLife[], event: AuditEvent): void {
  for (const life of lives) {
    if (life.node !== event.name || life.endedAt !== undefined) continue;
    life.endedAt = event.at;
    life.endedBy = 'fence';
    life.by.endedAt = event.userAgent;
  }
}
