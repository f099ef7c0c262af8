import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '../common/ids.ts';
import type { Condition } from '../common/table.ts';
import { holds } from '../common/table-conditions.ts';
import { openSqlite } from '../common/table-sqlite.ts';
import {
  type ControlFlags,
  type EffectScope,
  FLAG_COPIES,
  flagCopyOf,
  flagKey,
  isStopping,
  type KillScope,
  mayActOn,
  nameOfScope,
  namesOver,
  readFlags,
  scopeNamed,
  whyNot,
  writeFlags,
} from './control-flags.ts';
import { activateSwarm, controlNow, resumeScope, stopScope } from './control-swarm.ts';

const on: ControlFlags = { swarm: 'active', killed: false, reason: '-', by: '-', at: '-' };
const scope: EffectScope = { room: 'objectives', agentId: 'agt_a', objectiveId: 'obj_1' };

async function aSwarm() {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'safety', indexes: [], stream: true });
  const told: unknown[] = [];
  const announce = async (_event: unknown, detail: unknown) => void told.push(detail);
  const deps = {
    tables,
    table: 'safety',
    now: () => new Date('2026-03-01T10:00:00Z'),
    announce,
    newId,
    openIds: async () => [],
  };
  await activateSwarm('test', 'test', deps);
  return { deps, tables, told };
}

describe('what of the swarm may act', () => {
  it.each<{ when: string; flags: ControlFlags; then: string | undefined }>([
    { when: 'nothing is stopped', flags: on, then: undefined },
    { when: 'everything is killed', flags: { ...on, killed: true }, then: 'killed' },
    { when: 'the swarm is not bootstrapped', flags: { ...on, swarm: 'inactive' }, then: 'not_bootstrapped' },
    {
      when: 'its room is stopped',
      flags: { ...on, stopped: new Set(['room:objectives']) },
      then: 'stopped room:objectives',
    },
    { when: 'its agent is stopped', flags: { ...on, stopped: new Set(['agent:agt_a']) }, then: 'stopped agent:agt_a' },
    {
      when: 'its objective is stopped',
      flags: { ...on, stopped: new Set(['objective:obj_1']) },
      then: 'stopped objective:obj_1',
    },
    {
      when: 'others are stopped',
      flags: { ...on, stopped: new Set(['room:finance', 'agent:agt_b', 'objective:obj_2']) },
      then: undefined,
    },
  ])('$when: $then', ({ flags, then }) => expect(whyNot(flags, scope)).toBe(then));

  it('is the same for the store and for who reads the flags', () => {
    const name = fc.constantFrom('a', 'b');
    const anyScope = fc.record({
      room: name,
      agentId: fc.option(name, { nil: undefined }),
      objectiveId: fc.option(name, { nil: undefined }),
    });
    const stopped = fc.uniqueArray(
      fc.constantFrom('room:a', 'room:b', 'agent:a', 'agent:b', 'objective:a', 'objective:b'),
    );
    fc.assert(
      fc.property(anyScope, stopped, fc.boolean(), fc.boolean(), (of, names, killed, active) => {
        const flags: ControlFlags = {
          ...on,
          killed,
          swarm: active ? 'active' : 'inactive',
          ...(names.length > 0 && { stopped: new Set(names) }),
        };
        const item = { ...flagKey(0), ...flags };
        expect(holds(mayActOn(of), item)).toBe(whyNot(flags, of) === undefined);
      }),
    );
  });

  it('is nothing while the flags are missing', () => {
    expect(holds(mayActOn(scope), undefined)).toBe(false);
    expect(holds(mayActOn(), undefined)).toBe(false);
  });

  it('is stopped by the name of a part that it belongs to, and of no other', () => {
    expect(namesOver(scope)).toEqual(['room:objectives', 'agent:agt_a', 'objective:obj_1']);
    expect(namesOver({ room: 'finance' })).toEqual(['room:finance']);
  });

  it('asks for each part once, however many effects there are', () => {
    const condition = mayActOn(scope, { ...scope, agentId: 'agt_b' }) as { all: unknown[] };
    expect(condition.all).toHaveLength(1 + new Set([...namesOver(scope), 'agent:agt_b']).size);
  });
});

describe('a kill holds', () => {
  it.each<{ when: string; flags: Partial<ControlFlags>; of: KillScope; then: boolean }>([
    { when: 'nothing is stopped', flags: {}, of: 'everything', then: false },
    { when: 'nothing is stopped', flags: {}, of: { room: 'finance' }, then: false },
    { when: 'everything is', flags: { killed: true }, of: 'everything', then: true },
    { when: 'everything is', flags: { killed: true }, of: { agentId: 'agt_a' }, then: true },
    { when: 'this part is', flags: { stopped: new Set(['agent:agt_a']) }, of: { agentId: 'agt_a' }, then: true },
    { when: 'another part is', flags: { stopped: new Set(['agent:agt_a']) }, of: { agentId: 'agt_b' }, then: false },
    { when: 'a part is', flags: { stopped: new Set(['agent:agt_a']) }, of: 'everything', then: false },
  ])('when $when, over $of: $then', ({ flags, of, then }) => expect(isStopping({ ...on, ...flags }, of)).toBe(then));
});

describe('the name of a scope', () => {
  it.each<KillScope>(['everything', { room: 'finance' }, { agentId: 'agt_a' }, { objectiveId: 'obj_1' }])(
    'leads back to it: %j',
    (of) => expect(scopeNamed(nameOfScope(of))).toEqual(of),
  );
  it.each(['', 'room', 'room:', 'galaxy:x'])('is not "%s"', (text) => expect(scopeNamed(text)).toBeUndefined());
});

describe('stopping a part', () => {
  it('stops that part in every copy and leaves the rest; resuming it leaves the other kills', async () => {
    const { deps, tables, told } = await aSwarm();
    await stopScope({ agentId: 'agt_a' }, 'it wanders', 'captain', deps);
    await stopScope({ room: 'finance' }, 'month end', 'captain', deps);
    for (let copy = 0; copy < FLAG_COPIES; copy++) {
      const flags = (await tables.get('safety', flagKey(copy))) as unknown as ControlFlags;
      expect(whyNot(flags, { room: 'objectives', agentId: 'agt_a' })).toBe('stopped agent:agt_a');
      expect(whyNot(flags, { room: 'objectives', agentId: 'agt_b' })).toBeUndefined();
    }
    expect(await resumeScope({ agentId: 'agt_a' }, 'mended', 'captain', deps)).toMatchObject({
      mode: 'active',
      stopped: ['room:finance'],
    });
    expect(told.at(-1)).toMatchObject({ scope: { agentId: 'agt_a' } });
  });

  it('outlives a kill of everything and its end', async () => {
    const { deps } = await aSwarm();
    await stopScope({ agentId: 'agt_a' }, 'it wanders', 'captain', deps);
    await stopScope('everything', 'fire', 'captain', deps);
    expect(await resumeScope('everything', 'over', 'captain', deps)).toMatchObject({
      mode: 'active',
      stopped: ['agent:agt_a'],
    });
    await resumeScope({ agentId: 'agt_a' }, 'mended', 'captain', deps);
    expect((await controlNow(deps)).stopped).toEqual([]);
  });
});

describe('control flags', () => {
  it('are the same in every copy after a change', async () => {
    const { tables } = await aSwarm();
    await writeFlags(tables, 'safety', { killed: true, reason: 'r', by: 'b', at: 'a' });
    const copies = await Promise.all(Array.from({ length: FLAG_COPIES }, (_, n) => tables.get('safety', flagKey(n))));
    expect(copies.map((copy) => copy?.killed)).toEqual(Array(FLAG_COPIES).fill(true));
  });

  it('are left as they are in every copy when one of them is not as expected', async () => {
    const { tables } = await aSwarm();
    const killedBy = (by: string) => ({ killed: true, reason: 'r', by, at: 'a' });
    const unlessKilled: Condition = { path: 'killed', equals: false };
    expect(await writeFlags(tables, 'safety', killedBy('ann'), unlessKilled)).toBe(true);
    expect(await writeFlags(tables, 'safety', killedBy('bob'), unlessKilled)).toBe(false);
    const copies = await Promise.all(Array.from({ length: FLAG_COPIES }, (_, n) => tables.get('safety', flagKey(n))));
    expect(copies.map((copy) => copy?.by)).toEqual(Array(FLAG_COPIES).fill('ann'));
  });

  it('are checked evenly over their copies, by the same proposal always at the same', () => {
    for (const keyOf of [(n: number) => `${n}`, (n: number) => `obj_1#task-${n}#0`, (n: number) => `undo#eff_${n}x`]) {
      const used = Array.from({ length: 800 }, (_, n) => flagCopyOf(keyOf(n)));
      const times = Array.from({ length: FLAG_COPIES }, (_, copy) => used.filter((one) => one === copy).length);
      expect(Math.min(...times), keyOf(0)).toBeGreaterThan(50);
      expect(times.reduce((sum, count) => sum + count)).toBe(used.length);
      expect(used).toEqual(Array.from({ length: 800 }, (_, n) => flagCopyOf(keyOf(n))));
    }
  });

  it('say not bootstrapped when nothing was ever written', async () => {
    const tables = openSqlite(':memory:');
    tables.defineTable({ name: 'safety', indexes: [], stream: true });
    expect(await readFlags(tables, 'safety')).toMatchObject({ swarm: 'inactive', killed: false });
  });
});
