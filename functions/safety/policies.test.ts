import { describe, expect, it } from 'vitest';
import { openSqlite } from '../common/table-sqlite.ts';
import { transferState } from '../common/transfer-state.ts';
import { loadCedar } from './cedar.client.ts';
import {
  currentPolicy,
  PoliciesRefused,
  policyHistory,
  policyVersion,
  rollBackPolicies,
  seedPolicies,
  setPolicies,
} from './change-policies.ts';
import { checkPolicies } from './check-policies.ts';
import type { Proposal } from './effect.ts';
import { aProposal } from './gate.test-support.ts';
import { checkDeps, configuredPolicies } from './gate-deps.ts';
import { rulesFrom } from './policy-rules.ts';
import { type PolicyFiles, problemText } from './policy-set.ts';
import { rulesIn } from './read-rules.ts';

const cedar = await loadCedar();
const deps = await checkDeps();
const { 'gate.yaml': thresholds = '' } = configuredPolicies();
const free = { spendCents: 0, apiCalls: 0, files: 0, tokens: 0 };

const setOf = (cedarText: string): PolicyFiles => ({ 'gate.yaml': thresholds, 'a.cedar': cedarText });
const rulesOf = (cedarText: string) => {
  const checked = checkPolicies(setOf(cedarText), deps);
  if (checked.kind === 'wrong') throw new Error(checked.problems.map(problemText).join('\n'));
  return rulesFrom(checked.compiled, cedar);
};
const judged = (cedarText: string, proposal: Partial<Proposal> = {}, impact = free) =>
  rulesOf(cedarText).judge(aProposal(proposal), impact);

const ALLOW = '@id("tasks") permit(principal, action == Action::"task.execute", resource);';

describe('what policies say', () => {
  it.each([
    { when: 'there is none', text: '', allowed: false, because: [] },
    { when: 'one permits', text: ALLOW, allowed: true, because: ['tasks'] },
    {
      when: 'one permits and one forbids',
      text: `${ALLOW}\n@id("no-noop") forbid(principal, action, resource == Target::"noop");`,
      allowed: false,
      because: ['no-noop'],
    },
    {
      when: 'one forbids something else',
      text: `${ALLOW}\n@id("no-bank") forbid(principal, action, resource == Target::"bank");`,
      allowed: true,
      because: ['tasks'],
    },
  ])('$when -> $allowed', ({ text, allowed, because }) => {
    expect(judged(text)).toEqual({ allowed, because });
  });

  it('deny an action that the schema does not know, even where everything is permitted', () => {
    expect(judged('@id("all") permit(principal, action, resource);', { action: 'bank.transfer' }).allowed).toBe(false);
    expect(judged('@id("all") permit(principal, action, resource);').allowed).toBe(true);
  });

  it('know the agent and its room, what it costs, and how sure it is', () => {
    const text = `@id("a") permit(principal == Agent::"agt_a", action, resource) when { principal in Room::"objectives" };
      @id("dear") forbid(principal, action, resource) when { context.spendCents > 100 };
      @id("unsure") forbid(principal, action, resource) unless { context.confidencePercent >= 50 };`;
    const rules = rulesOf(text);
    const may = (proposal: Partial<Proposal>, impact = free) => rules.judge(aProposal(proposal), impact).allowed;
    expect(may({})).toBe(true);
    expect(may({ scope: { room: 'objectives', agentId: 'agt_b' } })).toBe(false);
    expect(may({ scope: { room: 'finance', agentId: 'agt_a' } })).toBe(false);
    expect(may({ scope: { room: 'objectives' } })).toBe(false);
    expect(may({}, { ...free, spendCents: 101 })).toBe(false);
    expect(may({ confidence: 0.499 })).toBe(false);
  });

  it('count a forbid that cannot be decided as a refusal', () => {
    const overflow = `${ALLOW}\n@id("sum") forbid(principal, action, resource) when { context.spendCents * 9223372036854775807 > 5 };`;
    expect(judged(overflow, {}, { ...free, spendCents: 10 })).toMatchObject({ allowed: false });
    expect(judged(overflow)).toMatchObject({ allowed: true });
  });

  it('are not mixed up with another set that is asked in between', () => {
    const one = rulesOf(ALLOW);
    expect(one.judge(aProposal(), free).allowed).toBe(true);
    expect(rulesOf('').judge(aProposal(), free).allowed).toBe(false);
    expect(one.judge(aProposal({ target: 'other' }), free).allowed).toBe(true);
  });
});

describe('the shipped policies', () => {
  it('are right, and let plans run tasks under their own name only', () => {
    const checked = checkPolicies(configuredPolicies(), deps);
    if (checked.kind === 'wrong') throw new Error(checked.problems.map(problemText).join('\n'));
    const { judge } = rulesFrom(checked.compiled, cedar);
    expect(judge(aProposal(), free)).toEqual({ allowed: true, because: ['plans-run-tasks'] });
    const scope = { room: 'objectives', agentId: 'agt_a', capability: 'bank.transfer' };
    expect(judge(aProposal({ scope }), free)).toEqual({ allowed: false, because: ['a-task-does-what-it-is-called'] });
    expect(judge(aProposal({ confidence: 0.1 }), free).because).toEqual(['no-blind-action']);
    expect(judge(aProposal({ scope: { room: 'growth', capability: 'noop' } }), free).allowed).toBe(false);
  });
});

describe('a set that is wrong', () => {
  it.each([
    {
      fault: 'syntax',
      text: `${ALLOW}\n\n@id("b") permit(principal, action, resource)\nwhen { context.room == };`,
      says: /^a\.cedar:4:24: unexpected token `}`/,
    },
    {
      fault: 'an attribute that the schema does not know',
      text: `// Grüße\n@id("b") permit(principal, action, resource) when { context.money > 5 };`,
      says: /^a\.cedar:2:\d+: .*attribute `money`.* not found/,
    },
    {
      fault: 'a wrong type',
      text: '@id("b") permit(principal, action, resource) when { context.files == "x" };',
      says: /^a\.cedar:1:/,
    },
    {
      fault: 'an unknown action',
      text: '@id("b") permit(principal, action == Action::"x.y", resource);',
      says: /x\.y/,
    },
    { fault: 'no id', text: 'permit(principal, action, resource);', says: /^a\.cedar:1:1: expected @id/ },
    {
      fault: 'an id used twice',
      text: `${ALLOW}\n${ALLOW}`.replace('resource);\n', 'resource);\n  '),
      says: /no other policy has, got tasks/,
    },
    {
      fault: 'a forbid that can never apply',
      text: `${ALLOW} @id("b") forbid(principal == Target::"x", action, resource);`,
      says: /^a\.cedar:1:/,
    },
    {
      fault: 'a template',
      text: '@id("b") permit(principal == ?principal, action, resource);',
      says: /includes a template/,
    },
  ])('is refused with its place: $fault', ({ text, says }) => {
    const checked = checkPolicies(setOf(text), deps);
    expect(checked.kind === 'wrong' ? checked.problems.map(problemText).join('\n') : 'right').toMatch(says);
  });

  it.each([
    { fault: 'a file of another kind', files: { 'gate.yaml': thresholds, 'a.txt': 'x' }, says: 'a.txt:1:1: expected' },
    { fault: 'no thresholds', files: { 'a.cedar': ALLOW }, says: 'gate.yaml:1:1: expected a file' },
    {
      fault: 'too much',
      files: { 'gate.yaml': thresholds, 'a.cedar': `// ${'x'.repeat(150_000)}` },
      says: 'at most 150000',
    },
    {
      fault: 'wrong thresholds',
      files: { 'gate.yaml': thresholds.replace('spendCents: 10000', 'spendCents: many'), 'a.cedar': ALLOW },
      says: 'perAction.spendCents: expected',
    },
  ])('is refused: $fault', ({ files, says }) => {
    const checked = checkPolicies(files as unknown as PolicyFiles, deps);
    expect(checked.kind === 'wrong' ? checked.problems.map(problemText).join('\n') : 'right').toContain(says);
  });
});

function aStore() {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'safety', indexes: [{ name: 'kept' }], stream: true });
  let nowMs = Date.parse('2026-03-01T10:00:00Z');
  const now = () => new Date(nowMs);
  const store = { tables, table: 'safety', now, checkDeps: async () => deps };
  return {
    store,
    rules: rulesIn({ ...store, loadCedar }),
    at: (ms: number) => {
      nowMs += ms;
    },
  };
}
const change = (text: string, more: object = {}) => ({ files: setOf(text), by: 'ann', reason: 'because', ...more });

describe('the policies in force', () => {
  it('are seeded once, and left alone by the next bootstrap, which says so', async () => {
    const { store } = aStore();
    expect(await seedPolicies(setOf(ALLOW), 'bootstrap', store)).toContain('version 1');
    expect(await seedPolicies(setOf(ALLOW), 'bootstrap', store)).toContain('in force as version 1');
    await setPolicies(change(''), store);
    expect(await seedPolicies(setOf(ALLOW), 'bootstrap', store)).toContain('left at version 2');
    await expect(seedPolicies(setOf('nonsense'), 'b', aStore().store)).rejects.toThrow(PoliciesRefused);
  });

  it('decide within two seconds after a change, and there are none before the first', async () => {
    const { store, rules, at } = aStore();
    const allowed = async () => (await rules())?.judge(aProposal(), free).allowed;
    expect(await allowed()).toBeUndefined();
    await setPolicies(change(ALLOW), store);
    expect(await allowed()).toBe(true);
    await setPolicies(change(''), store);
    at(1_999);
    expect(await allowed()).toBe(true);
    at(1);
    expect(await allowed()).toBe(false);
    await setPolicies(change(ALLOW), store);
    at(-60_000);
    expect(await allowed()).toBe(true);
  });

  it('cannot be decided by when the store does not answer: nothing runs', async () => {
    const { store } = aStore();
    await setPolicies(change(ALLOW), store);
    const tables = { ...store.tables, get: () => Promise.reject(new Error('no answer')) };
    const rules = rulesIn({ ...store, tables: tables as never, loadCedar });
    await expect(rules()).rejects.toThrow('no answer');
  });

  it('stay when the new ones are malformed', async () => {
    const { store } = aStore();
    await setPolicies(change(ALLOW), store);
    expect(await setPolicies(change('permit('), store)).toMatchObject({ kind: 'refused' });
    expect(await currentPolicy(store)).toMatchObject({ version: 1 });
  });

  it('are not overwritten by somebody who had not seen the last change', async () => {
    const { store } = aStore();
    await setPolicies(change(ALLOW), store);
    expect(await setPolicies(change('', { expectedVersion: 0 }), store)).toEqual({ kind: 'conflict', version: 1 });
    const both = await Promise.all([setPolicies(change(''), store), setPolicies(change(`${ALLOW} `), store)]);
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['conflict', 'set']);
    expect(await setPolicies(change(both[0].kind === 'set' ? '' : `${ALLOW} `), store)).toMatchObject({
      kind: 'unchanged',
    });
  });

  it('come back with a snapshot, in force within the same seconds, and can be changed from there', async () => {
    const { store, at } = aStore();
    const rules = rulesIn({ ...store, loadCedar });
    const allowed = async () => (await rules())?.judge(aProposal(), free).allowed;
    const objects = new Map<string, string>();
    const transferring = {
      ...store,
      room: 'safety',
      rule: { volatile: [] },
      objects: {
        put: async (key: string, text: string) => void objects.set(key, text),
        get: async (key: string) => objects.get(key) ?? '',
      },
    };
    await setPolicies(change(ALLOW), store);
    const taken = await transferState({ step: 'read', snapshotId: 'snp_1' }, transferring);
    const { manifestSha256 } = taken as { manifestSha256: string };
    await setPolicies(change(''), store);
    expect(await allowed()).toBe(false);
    const restore = { step: 'restore' as const, snapshotId: 'snp_1', manifestSha256, by: 'cap', reason: 'bad set' };
    expect(await transferState(restore, transferring)).toMatchObject({ changed: 2, same: true });
    at(2_000);
    expect(await allowed()).toBe(true);
    expect(await setPolicies(change(`${ALLOW} `), store)).toEqual({ kind: 'set', version: 2 });
    at(2_000);
    expect(await currentPolicy(store)).toMatchObject({ version: 2 });
  });

  it('go back to an earlier version as a new one, with who and why', async () => {
    const { store } = aStore();
    await setPolicies(change(ALLOW), store);
    await setPolicies(change(''), store);
    expect(await rollBackPolicies({ version: 1, by: 'bob', reason: 'too strict' }, store)).toEqual({
      kind: 'set',
      version: 3,
    });
    expect(await rollBackPolicies({ version: 9, by: 'bob', reason: '-' }, store)).toEqual({ kind: 'no_such_version' });
    const history = await policyHistory({ limit: 2 }, store);
    expect(history.items.map(({ version, by }) => [version, by])).toEqual([
      [3, 'bob'],
      [2, 'ann'],
    ]);
    expect((await policyHistory({ limit: 2, cursor: history.cursor }, store)).items).toMatchObject([{ version: 1 }]);
    expect((await policyVersion(3, store))?.files).toEqual((await policyVersion(1, store))?.files);
    expect(await policyVersion(9, store)).toBeUndefined();
  });
});
