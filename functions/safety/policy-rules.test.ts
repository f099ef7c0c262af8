// What Cedar is asked, how often, and that whatever fails is a refusal.
import { describe, expect, it } from 'vitest';
import type { Cedar } from './cedar.client.ts';
import { aProposal, RULES } from './gate.test-support.ts';
import { requestOf, rulesFrom } from './policy-rules.ts';
import type { CompiledPolicies } from './policy-set.ts';

const free = { spendCents: 0, apiCalls: 0, files: 0, tokens: 0 };
const policyOf = (id: string, action?: string) => ({
  ...{ id, file: 'a.cedar', effect: 'permit' as const, text: `text of ${id}` },
  ...(action ? { action } : {}),
});
const compiled: CompiledPolicies = {
  digest: 'one',
  policies: [policyOf('tasks', 'task.execute'), policyOf('http', 'http.fetch'), policyOf('all')],
  actions: ['task.execute', 'http.fetch'],
  thresholds: RULES.thresholds,
};
const ALLOWED = {
  type: 'success',
  response: { decision: 'allow', diagnostics: { reason: ['tasks'], errors: [] } },
};

function aCedar(answer: object = ALLOWED, parsing: object = { type: 'success' }) {
  const parsed: [string, { staticPolicies: Record<string, string> }][] = [];
  const asked: { preparsedPolicySetId: string; validateRequest: boolean }[] = [];
  const cedar = {
    preparsePolicySet: (id: string, set: never) => {
      parsed.push([id, set]);
      return parsing;
    },
    statefulIsAuthorized: (request: never) => {
      asked.push(request);
      return answer;
    },
  } as unknown as Cedar;
  return { cedar, parsed, asked };
}

describe('Cedar', () => {
  it('gets the policies that can be about an action, once for each set', () => {
    const { cedar, parsed, asked } = aCedar();
    const { judge } = rulesFrom(compiled, cedar);
    for (const target of ['a', 'b']) judge(aProposal({ target }), free);
    expect(parsed).toEqual([['task.execute', { staticPolicies: { tasks: 'text of tasks', all: 'text of all' } }]]);
    expect(asked).toMatchObject(Array(2).fill({ preparsedPolicySetId: 'task.execute', validateRequest: false }));
    judge(aProposal({ action: 'http.fetch' }), free);
    rulesFrom(compiled, cedar).judge(aProposal({ target: 'c' }), free);
    expect(parsed).toHaveLength(2);
    rulesFrom({ ...compiled, digest: 'two' }, cedar).judge(aProposal(), free);
    expect(parsed).toHaveLength(3);
  });

  it('is asked once about what is alike, and not about actions that nobody declared', () => {
    const { cedar, asked } = aCedar();
    const { judge } = rulesFrom(compiled, cedar);
    for (const intentKey of ['a', 'b']) expect(judge(aProposal({ intentKey }), free).allowed).toBe(true);
    expect(asked).toHaveLength(1);
    expect(judge(aProposal({ action: 'bank.transfer' }), free)).toEqual({ allowed: false, because: [] });
    expect(asked).toHaveLength(1);
  });

  it('is asked again about what was forgotten: 5,000 answers are remembered, the oldest go first', () => {
    const { cedar, asked } = aCedar();
    const { judge } = rulesFrom(compiled, cedar);
    const about = (n: number) => judge(aProposal(), { ...free, tokens: n });
    for (let n = 0; n < 5_000; n += 1) about(n);
    about(0);
    expect(asked).toHaveLength(5_000);
    about(5_000);
    about(1);
    expect(asked).toHaveLength(5_001);
    about(0);
    expect(asked).toHaveLength(5_002);
  });

  it.each([
    { when: 'it says no', answer: { decision: 'deny', diagnostics: { reason: ['no'], errors: [] } }, because: ['no'] },
    {
      when: 'it could not decide a policy',
      answer: { decision: 'allow', diagnostics: { reason: ['tasks'], errors: [{ policyId: 'sum' }] } },
      because: ['sum, which could not be decided'],
    },
  ])('refuses when $when', ({ answer, because }) => {
    const { cedar } = aCedar({ type: 'success', response: answer });
    expect(rulesFrom(compiled, cedar).judge(aProposal(), free)).toEqual({ allowed: false, because });
  });

  it('that fails is a refusal, and policies that it cannot read are nobody’s yes', () => {
    const errors = [{ message: 'broken' }, { message: 'second' }];
    const failing = aCedar({ type: 'failure', errors }).cedar;
    expect(rulesFrom(compiled, failing).judge(aProposal(), free)).toEqual({
      allowed: false,
      because: ['Cedar: broken'],
    });
    const unread = aCedar(ALLOWED, { type: 'failure', errors }).cedar;
    expect(() => rulesFrom(compiled, unread).judge(aProposal(), free)).toThrow('cannot be read: broken');
  });
});

describe('what Cedar is asked', () => {
  it('is who of which room, and everything that the schema knows', () => {
    expect(requestOf(aProposal({ confidence: 0.699 }), { ...free, files: 2 })).toEqual({
      principal: { type: 'Agent', id: 'agt_a' },
      action: { type: 'Action', id: 'task.execute' },
      resource: { type: 'Target', id: 'noop' },
      context: {
        ...{ room: 'objectives', target: 'noop', ...free, files: 2, reversible: 'nothing_to_undo' },
        ...{ confidencePercent: 69, capability: 'noop' },
      },
      entities: [{ uid: { type: 'Agent', id: 'agt_a' }, attrs: {}, parents: [{ type: 'Room', id: 'objectives' }] }],
    });
  });

  it('is the room itself where no agent is', () => {
    const request = requestOf(aProposal({ scope: { room: 'growth' } }), free);
    const room = { type: 'Room', id: 'growth' };
    expect(request).toMatchObject({ principal: room, entities: [{ uid: room, parents: [] }] });
    expect(request.context).not.toHaveProperty('capability');
  });
});
