import { describe, expect, it } from 'vitest';
import {
  type Confirmation,
  countFates,
  type FateCounts,
  fateOf,
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
const resumedAt = '2026-03-01T10:05:00.000Z';

describe('the points of a kill', () => {
  it.each([
    { scope: 'everything' as const, points: POINTS.map(({ name }) => name) },
    { scope: { room: 'objectives' }, points: POINTS.map(({ name }) => name) },
    { scope: { room: 'finance' }, points: ['gate'] },
    { scope: { agentId: 'agt_a' }, points: ['gate', 'task_leases', 'task_loops'] },
    { scope: { objectiveId: 'obj_1' }, points: ['gate', 'task_leases', 'task_loops'] },
  ])('of $scope', ({ scope, points }) => expect(pointsFor(scope)).toEqual(points));

  const waiting = { state: 'waiting', at: null, afterMs: null, counts: {}, detail: null };
  it('wait until they are confirmed, keep the first time, add up what was done in all rounds, not what there is', () => {
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
      [
        said(2, { objectives: 3, revoked: 1, held: 2 }),
        said(3, { revoked: 1, copies: 8, held: 1 }),
        said(1, { objectives: 4, revoked: 7, copies: 8 }),
      ],
    );
    const rooms = POINTS.filter(({ name }) => name === 'gate' || name === 'task_leases');
    expect(points).toEqual([
      { point: 'gate', room: 'safety', title: rooms[0]?.title, ...waiting },
      {
        point: 'task_leases',
        room: 'objectives',
        title: rooms[1]?.title,
        state: 'confirmed',
        at: '2026-03-01T10:00:01.000Z',
        afterMs: 1_000,
        counts: { objectives: 4, revoked: 9, held: 2, copies: 8 },
        detail: 'round 3',
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
    { when: 'it ended at the very moment', of: { status: 'confirmed', settledAt: kill.at }, fate: 'finished' },
    {
      when: 'it was cleared at the very moment of the resume',
      of: { status: 'executing', at: resumedAt },
      fate: 'open',
    },
    {
      when: 'it was cleared after the resume',
      of: { status: 'executing', at: '2026-03-01T10:05:00.001Z' },
      fate: undefined,
    },
    { when: 'it was in shadow only', of: { status: 'shadowed', settledAt: later }, fate: undefined },
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
  ])('$when: $fate', ({ of, fate }) => {
    expect(fateOf({ ...effect, ...of } as never, { ...kill, resumedAt })?.fate).toBe(fate);
    if (!('at' in of)) expect(fateOf({ ...effect, ...of } as never, kill)?.fate).toBe(fate);
  });

  it('is counted', () => {
    expect(NO_FATES).toEqual({ inFlight: 0, finished: 0, stopped: 0, unknown: 0, open: 0 });
    expect(countFates([])).toEqual(NO_FATES);
    const fates = ['executing', 'unknown', 'confirmed'].map(
      (status) => fateOf({ ...effect, status, settledAt: later }, kill)!,
    );
    expect(countFates(fates)).toEqual({ inFlight: 3, finished: 1, stopped: 0, unknown: 1, open: 1 });
  });
});

describe('whether a kill is contained', () => {
  const confirmed = [{ point: 'gate', state: 'confirmed' as const }];
  const lateMs = Date.parse(kill.at) + 1_000;
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
    { when: 'the index may be late to the last moment', nowMs: lateMs - 1, then: { kind: 'look_again', afterMs: 1 } },
    { when: 'nobody knows of an effect whether it happened', effects: { unknown: 1 }, then: { kind: 'contained' } },
  ])('$when', ({ points = confirmed, effects = {}, nowMs = lateMs, then }) =>
    expect(judge(kill, points, { ...NO_FATES, ...effects }, nowMs)).toEqual(then),
  );
});
