import { describe, expect, it } from 'vitest';
import {
  type Confirmation,
  countFates,
  type FateCounts,
  fateOf,
  INDEX_LAG_MS,
  judge,
  NO_FATES,
  POINTS,
  pointsFor,
  pointsOf,
} from './containment.ts';

const killId = 'kil_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const kill = { killId, at: '2026-03-01T10:00:00.000Z' };
const effect = { effectId: 'eff_1', action: 'task.execute', target: 'noop', at: '2026-03-01T09:59:00.000Z' };
const later = '2026-03-01T10:00:01.000Z';

describe('the points of a kill', () => {
  it.each([
    { scope: 'everything' as const, points: POINTS.map(({ name }) => name) },
    { scope: { room: 'objectives' }, points: POINTS.map(({ name }) => name) },
    { scope: { room: 'finance' }, points: ['gate'] },
    { scope: { agentId: 'agt_a' }, points: ['gate', 'task_leases', 'task_loops'] },
    { scope: { objectiveId: 'obj_1' }, points: ['gate', 'task_leases', 'task_loops'] },
  ])('of $scope', ({ scope, points }) => expect(pointsFor(scope)).toEqual(points));

  it('wait until they are confirmed, keep the first time, and add up what was done in all rounds', () => {
    const said = (round: number, counts: Record<string, number>): Confirmation => ({
      point: 'task_leases',
      room: 'objectives',
      round,
      at: `2026-03-01T10:00:0${round}.000Z`,
      counts,
      detail: `round ${round}`,
    });
    const points = pointsOf(
      kill,
      ['gate', 'task_leases'],
      [said(2, { objectives: 3, revoked: 1 }), said(1, { objectives: 4, revoked: 7 })],
    );
    expect(points).toMatchObject([
      { point: 'gate', state: 'waiting', at: null, afterMs: null, counts: {} },
      {
        point: 'task_leases',
        state: 'confirmed',
        afterMs: 1_000,
        counts: { objectives: 4, revoked: 8 },
        detail: 'round 2',
      },
    ]);
  });
});

describe('the fate of an effect that was listed', () => {
  it.each<{ when: string; of: object; fate: string | undefined }>([
    {
      when: 'it ended before the kill',
      of: { status: 'confirmed', settledAt: '2026-03-01T09:59:59.999Z' },
      fate: undefined,
    },
    { when: 'it only waited', of: { status: 'held' }, fate: undefined },
    { when: 'it was cleared and never begun', of: { status: 'cleared' }, fate: undefined },
    { when: 'it was denied', of: { status: 'denied' }, fate: undefined },
    { when: 'it is still going on', of: { status: 'executing' }, fate: 'open' },
    { when: 'it was done', of: { status: 'confirmed', settledAt: later }, fate: 'finished' },
    { when: 'it failed by itself', of: { status: 'failed', settledAt: later, why: 'AgentLost' }, fate: 'finished' },
    {
      when: 'this kill stopped it',
      of: { status: 'failed', settledAt: later, why: `stopped by ${killId}` },
      fate: 'stopped',
    },
    { when: 'it was put back before it did anything', of: { status: 'held', settledAt: later }, fate: 'stopped' },
    { when: 'nobody knows', of: { status: 'unknown', settledAt: later }, fate: 'unknown' },
  ])('$when: $fate', ({ of, fate }) => expect(fateOf({ ...effect, ...of } as never, kill)?.fate).toBe(fate));

  it('is counted', () => {
    const fates = ['executing', 'unknown', 'confirmed'].map(
      (status) => fateOf({ ...effect, status, settledAt: later }, kill)!,
    );
    expect(countFates(fates)).toEqual({ inFlight: 3, finished: 1, stopped: 0, unknown: 1, open: 1 });
  });
});

describe('whether a kill is contained', () => {
  const confirmed = [{ point: 'gate', state: 'confirmed' as const }];
  const lateMs = Date.parse(kill.at) + INDEX_LAG_MS;
  it.each<{
    when: string;
    points?: { point: string; state: 'waiting' | 'confirmed' }[];
    effects?: Partial<FateCounts>;
    nowMs?: number;
    then: object;
  }>([
    { when: 'all has confirmed and nothing executes', then: { kind: 'contained' } },
    {
      when: 'a point is silent',
      points: [{ point: 'task_leases', state: 'waiting' }],
      then: { kind: 'waiting', missing: ['task_leases'], executing: 0 },
    },
    { when: 'an effect still executes', effects: { open: 1 }, then: { kind: 'waiting', missing: [], executing: 1 } },
    { when: 'the index may still be late', nowMs: lateMs - 300, then: { kind: 'look_again', afterMs: 300 } },
    { when: 'nobody knows of an effect whether it happened', effects: { unknown: 1 }, then: { kind: 'contained' } },
  ])('$when', ({ points = confirmed, effects = {}, nowMs = lateMs, then }) =>
    expect(judge(kill, points, { ...NO_FATES, ...effects }, nowMs)).toEqual(then),
  );
});
