import { describe, expect, it } from '@jest/globals';

import type { AuditBody, AuditEvent } from '../../chaos/audit-log.ts';
import { computeLives, type PodLife } from '../../chaos/pod-life.ts';

const TASK = '01a1fe9f-f9cb-733f-b314-978dfbc32621';
const NAME = `orrery-${TASK}-1`;

function anEvent(at: number, verb: string, members: Partial<AuditEvent> = {}): AuditEvent {
  return {
    ...{ receivedAt: at, answeredAt: at + 1, verb, resource: 'pods', subresource: undefined },
    ...{ name: NAME, agent: 'orrery', body: undefined },
    ...members,
  };
}

const withUid = (body: object = {}): AuditBody => ({ metadata: { uid: 'u1' }, ...body });

const lift = (at: number): AuditEvent =>
  anEvent(at, 'patch', {
    body: withUid({
      spec: { schedulingGates: [{ name: 'orrery.dev/uid-recorded', $patch: 'delete' }] },
    }),
  });

const bind = (at: number): AuditEvent =>
  anEvent(at, 'create', {
    subresource: 'binding',
    body: withUid({ target: { name: 'node-1' } }),
  });

const report = (at: number, phase: string | undefined, state: object): AuditEvent =>
  anEvent(at, 'patch', {
    subresource: 'status',
    agent: 'kubelet',
    body: withUid({ status: { phase, initContainerStatuses: [{ name: 'executor-0', state }] } }),
  });

const RUNS = { running: { startedAt: '2026-11-21T15:00:00.123Z' } };
const ENDED = { running: null, terminated: { startedAt: '2026-11-21T15:00:00Z' } };

function lifeOf(...events: AuditEvent[]): PodLife | undefined {
  return computeLives(events).get(TASK)?.[0];
}

describe('the life of a pod', () => {
  it('begins to count when its gate has been lifted', () => {
    expect(lifeOf(report(1, 'Pending', {}))).not.toHaveProperty('admittedAt');
    expect(lifeOf(lift(5))).toMatchObject({ uid: 'u1', attempt: 1, admittedAt: 6 });
  });

  it('counts from its binding when the request that lifted its gate was carried out but answered with an error', () => {
    expect(lifeOf(bind(5))).toMatchObject({ admittedAt: 6 });
    expect(lifeOf(lift(1), bind(5))).toMatchObject({ admittedAt: 2 });
  });

  it('ends when its kubelet reports a terminal phase and nothing that runs', () => {
    const running = [lift(1), bind(2), report(3, 'Pending', RUNS)];
    expect(lifeOf(...running, report(9, 'Failed', ENDED))).toMatchObject({ deadAt: 9 });
  });

  it('ends when its main container has ended with 0 and nothing runs, before the phase says so', () => {
    const through = (exitCode: number): AuditEvent => {
      const containerStatuses = [
        { name: 'outputs', state: { terminated: { exitCode, startedAt: '2026-11-21T15:00:00Z' } } },
      ];
      const body = withUid({ status: { containerStatuses } });
      return anEvent(9, 'patch', { subresource: 'status', agent: 'kubelet', body });
    };
    expect(lifeOf(lift(1), bind(2), through(0))).toMatchObject({ deadAt: 9, finishedAt: 9 });
    expect(lifeOf(lift(1), bind(2), through(1))).not.toHaveProperty('deadAt');
    expect(lifeOf(lift(1), bind(2), report(3, 'Pending', RUNS), through(0))).not.toHaveProperty(
      'deadAt',
    );
  });

  it('does not end with a phase alone, nor with a delete', () => {
    const life = lifeOf(
      ...[lift(1), bind(2), report(3, 'Pending', RUNS)],
      report(4, 'Failed', RUNS),
      anEvent(5, 'delete', { body: withUid() }),
    );
    expect(life).not.toHaveProperty('deadAt');
  });

  it('does not end with a status that somebody else than its kubelet wrote', () => {
    const failed = { ...report(4, 'Failed', ENDED), agent: 'kube-controller-manager' };
    expect(lifeOf(lift(1), bind(2), failed)).not.toHaveProperty('deadAt');
  });

  it('ends with a delete when no node ever had it, and with its node', () => {
    const deletion = anEvent(7, 'delete', { body: withUid() });
    expect(lifeOf(lift(1), deletion)).toMatchObject({ deadAt: 7 });
    const node = anEvent(8, 'delete', { resource: 'nodes', name: 'node-1' });
    expect(lifeOf(lift(1), bind(2), node)).toMatchObject({ deadAt: 8, diedWithNode: true });
  });

  it('tells which containers were started', () => {
    const life = lifeOf(lift(1), report(2, undefined, RUNS), report(3, undefined, ENDED));
    expect([...(life?.started ?? [])]).toEqual(['executor-0']);
  });
});
