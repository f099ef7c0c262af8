// How long the gate takes: to decide by many policies, and to let an effect begin that takes from every limit.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../functions/common/table-sqlite.ts';
import { type Cedar, loadCedar } from '../../functions/safety/cedar.client.ts';
import { checkPolicies } from '../../functions/safety/check-policies.ts';
import { writeFlags } from '../../functions/safety/control-flags.ts';
import type { Proposal } from '../../functions/safety/effect.ts';
import { gateOf } from '../../functions/safety/gate.ts';
import { decideProposal, type Rules } from '../../functions/safety/gate-decision.ts';
import { checkDeps, configuredPolicies } from '../../functions/safety/gate-deps.ts';
import { rulesFrom } from '../../functions/safety/policy-rules.ts';
import { problemText } from '../../functions/safety/policy-set.ts';

const proposalOf = (n: number, impact: Partial<Proposal['impact']> = {}): Proposal => ({
  intentKey: `bench-${n}`,
  fence: `fnc_${n}`,
  actor: 'bench',
  scope: { room: 'objectives', agentId: `agt_${n % 50}`, capability: 'noop' },
  action: 'task.execute',
  target: 'noop',
  context: {},
  options: ['do it', 'leave it'],
  choice: 'do it',
  rationale: 'it is measured',
  confidence: 1,
  impact: { spendCents: 0, apiCalls: 0, files: 0, tokens: 0, ...impact },
  reversible: 'nothing_to_undo',
});

/** The shipped policies and as many more as it takes, all of which have to be looked at for a task. */
async function rulesWith(policies: number): Promise<{ rules: Rules; cedar: Cedar }> {
  const cedar = await loadCedar();
  const more = Array.from(
    { length: Math.max(0, policies - 3) },
    (_, n) =>
      `@id("bench-${n}") forbid(principal, action == Action::"task.execute", resource == Target::"t${n}") when { context.spendCents > ${n} };`,
  );
  const files = { ...configuredPolicies(), 'bench.cedar': more.join('\n') };
  const checked = checkPolicies(files, await checkDeps());
  if (checked.kind === 'wrong') throw new Error(checked.problems.map(problemText).join('\n'));
  return { rules: rulesFrom(checked.compiled, cedar), cedar };
}

/** Milliseconds of each decision in this process. No two proposals are alike, so that none is remembered. */
export async function decisionsMs(policies: number, decisions: number): Promise<number[]> {
  const { rules } = await rulesWith(policies);
  const one = (n: number) => {
    const proposal = proposalOf(n, { tokens: n });
    const beganMs = performance.now();
    decideProposal(proposal, rules);
    return performance.now() - beganMs;
  };
  for (let n = 0; n < 500; n += 1) one(n);
  return Array.from({ length: decisions }, (_, n) => one(1_000 + n));
}

/** Milliseconds of proposals one after the other that take from limits, on a store in a file as the runtime has it. */
export async function reservationsMs(policies: number, proposals: number): Promise<number[]> {
  const { rules } = await rulesWith(policies);
  const limits = rules.thresholds.limits.map((limit) => ({ ...limit, most: 1_000_000_000 }));
  const roomy: Rules = { ...rules, thresholds: { ...rules.thresholds, limits } };
  const folder = mkdtempSync(join(tmpdir(), 'lazyark-gate-'));
  const tables = openSqlite(join(folder, 'store.sqlite'));
  try {
    const indexes = ['effects', 'open', 'limits'].map((name) => ({ name }));
    tables.defineTable({ name: 'safety', indexes, stream: true });
    await writeFlags(tables, 'safety', { swarm: 'active', killed: false, reason: 'bench', by: 'bench', at: '-' });
    const gate = gateOf({ tables, table: 'safety', rules: async () => roomy, now: () => new Date() });
    const times: number[] = [];
    for (let n = 0; n < proposals + 100; n += 1) {
      const proposal = proposalOf(n, { spendCents: 1, apiCalls: 1, files: 1, tokens: n });
      const beganMs = performance.now();
      const [verdict] = await gate.propose([proposal]);
      if (n >= 100) times.push(performance.now() - beganMs);
      if (verdict?.kind !== 'cleared') throw new Error(`not cleared: ${JSON.stringify(verdict)}`);
    }
    return times;
  } finally {
    tables.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
