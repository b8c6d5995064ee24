import { setTimeout as after } from 'node:timers/promises';

import type { FastifyContextConfig, FastifyInstance, FastifySchema } from 'fastify';

/** One thing a role needs before it can work. */
export interface ReadinessCheck {
  /** `api`, `worker` or `controller`. */
  readonly role: string;
  /** One sentence for operators that says why the role is not ready, or `undefined` when it is. */
  readonly check: () => Promise<string | undefined>;
  /** One sentence for operators about a role that is ready, such as that it is a standby. */
  readonly note?: () => string | undefined;
}

/** How long a check may take; a probe of Kubernetes gives up after a second by default. */
const PATIENCE_MS = 900;

/** `/healthz` says that the process lives; `/readyz` says for each role whether it can work, and why not. */
export function useHealth(app: FastifyInstance, checks: readonly ReadinessCheck[]): void {
  app.get('/healthz', probe('healthz'), () => ({ status: 'ok' }));
  app.get('/readyz', probe('readyz'), async (request, reply) => {
    const roles: Record<string, { ready: boolean; reasons: string[]; note?: string }> = {};
    const results = await Promise.all(
      checks.map(async ({ role, check, note }) => {
        const reason = await reasonOf(check).catch((error: unknown) => {
          request.log.error({ err: error, role }, 'readiness check failed');
          return 'The check itself failed; see the log.';
        });
        return { role, reason, note: note?.() };
      }),
    );
    for (const { role, reason, note } of results) {
      const entry = (roles[role] ??= { ready: true, reasons: [] });
      if (note !== undefined) entry.note = note;
      if (reason === undefined) continue;
      entry.ready = false;
      entry.reasons.push(reason);
    }
    const ready = Object.values(roles).every((role) => role.ready);
    return reply.status(ready ? 200 : 503).send({ ready, roles });
  });
}

/** Route options of what only machines ask. */
export function probe(operation: string): { config: FastifyContextConfig; schema: FastifySchema } {
  return { config: { operation, probe: true }, schema: { hide: true } };
}

async function reasonOf(check: ReadinessCheck['check']): Promise<string | undefined> {
  const timer = new AbortController();
  const late = after(PATIENCE_MS, `No answer within ${PATIENCE_MS} ms.`, { signal: timer.signal });
  late.catch(() => undefined);
  try {
    return await Promise.race([check(), late]);
  } finally {
    timer.abort();
  }
}
