// 1,000 proposals at once against each limit as it is shipped, with the store closed and opened again on the way and the
// clock set back and forth: exactly what there is, not one more. The ten processes are in limits.test.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openSqlite } from '../../functions/common/table-sqlite.ts';
import { checkPolicies } from '../../functions/safety/check-policies.ts';
import { writeFlags } from '../../functions/safety/control-flags.ts';
import type { Proposal } from '../../functions/safety/effect.ts';
import { aProposal } from '../../functions/safety/gate.test-support.ts';
import { gateOf, type Rules } from '../../functions/safety/gate.ts';
import { checkDeps, configuredPolicies } from '../../functions/safety/gate-deps.ts';
import { satisfyNeed } from '../../functions/safety/holds.ts';
import { type Limit, limitKey } from '../../functions/safety/limit.ts';
import { chanceFrom, numberFrom } from './random.ts';

const SEED = numberFrom('LAZYARK_FAULT_SEED', 20_261_120);
const PROPOSALS = 1_000;
const folder = mkdtempSync(join(tmpdir(), 'lazyark-overshoot-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const checked = checkPolicies(configuredPolicies(), await checkDeps());
if (checked.kind === 'wrong') throw new Error('the shipped policies are wrong');
const { thresholds } = checked.compiled;

/** Policy and blast radius let everything through, so that only this limit is in the way. */
const rulesOf = (limit: Limit): Rules => ({
  judge: () => ({ allowed: true, because: ['test'] }),
  thresholds: {
    ...thresholds,
    perAction: { spendCents: 1e9, apiCalls: 1e9, files: 1e9, tokens: 1e9 },
    holds: {
      votes: { spendCentsFrom: 1e9, filesFrom: 1e9 },
      person: { ...thresholds.holds.person, spendCentsAbove: 1e9 },
    },
    limits: [limit],
  },
});

const SUBJECT = { swarm: 'all', agent: 'agt_a', room: 'autonomy', objective: 'obj_1' } as const;

function askingFor(limit: Limit, each: number, n: number): Proposal {
  const { unit, only } = limit;
  return aProposal({
    intentKey: `intent-${n}`,
    fence: `fnc_${n}`,
    scope: { room: only?.room ?? 'autonomy', agentId: 'agt_a', objectiveId: 'obj_1' },
    action: only?.action ?? 'task.execute',
    confidence: only?.approved ? 0.1 : 1,
    impact: { spendCents: 0, apiCalls: 0, files: 0, tokens: 0, [unit]: each },
  });
}

it.each(thresholds.limits)(`$name: $most $unit and no more (seed ${SEED})`, async (limit) => {
  const chance = chanceFrom(SEED);
  // About 300 of them fit, and the limit is no multiple of what each takes.
  const each = Math.max(1, Math.ceil(limit.most / 300) + (limit.most > 300 ? 1 : 0));
  const path = join(folder, `${limit.name}.sqlite`);
  const beganMs = Date.parse('2026-03-01T10:20:00Z');
  let nowMs = beganMs;
  const open = () => {
    const tables = openSqlite(path);
    const indexes = ['effects', 'open', 'limits', 'decisions'].map((name) => ({ name }));
    tables.defineTable({ name: 'safety', indexes, stream: false });
    const deps = { tables, table: 'safety', now: () => new Date(nowMs), rules: async () => rulesOf(limit) };
    return { tables, deps, gates: Array.from({ length: 5 }, () => gateOf(deps)) };
  };
  let store = open();
  await writeFlags(store.tables, 'safety', { swarm: 'active', killed: false, reason: 'test', by: 'test', at: '-' });
  const cleared = new Set<string>();
  const ask = async (n: number): Promise<void> => {
    const proposal = askingFor(limit, each, n);
    const propose = () => store.gates[n % 5]?.propose([proposal]).then(([verdict]) => verdict);
    let verdict = await propose();
    if (verdict?.kind === 'held') {
      const { effectId } = verdict;
      const digest = String((await store.tables.get('safety', { pk: effectId, sk: 'effect' }))?.digest);
      const said = { effectId, digest, need: 'person' as const, by: 'test', reason: 'fine' };
      expect(await satisfyNeed(said, { ...store.deps, announce: async () => {} } as never)).toBe('cleared');
      verdict = await propose();
    }
    if (verdict?.kind === 'cleared') cleared.add(verdict.effectId);
  };
  let asked = 0;
  while (asked < PROPOSALS) {
    const count = Math.min(PROPOSALS - asked, 100 + chance.below(200));
    await Promise.all(Array.from({ length: count }, (_, index) => ask(asked + index)));
    asked += count;
    store.tables.close();
    store = open();
    // Back by up to two hours, forth by less than lets anything out of the window.
    nowMs = beganMs + (chance.happens(0.5) ? -chance.below(7_200_000) : chance.below((limit.seconds * 1_000) / 4));
  }
  // Whoever asks again after a restart, as all do who got no answer, takes nothing twice.
  await Promise.all(Array.from({ length: 50 }, (_, n) => ask(n)));
  const counted = await store.tables.get('safety', limitKey(limit, SUBJECT[limit.per]));
  store.tables.close();
  expect(cleared.size).toBe(Math.floor(limit.most / each));
  expect(counted?.used).toBe(cleared.size * each);
});
