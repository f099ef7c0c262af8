// When an effect can be undone, and what the request to undo it says.
import { describe, expect, it } from 'vitest';
import { requestOf } from './effect-request.ts';
import type { StoredRequest } from './effect-requests.store.ts';
import type { EffectView } from './effects.ts';
import { aProposal } from './gate.test-support.ts';
import type { Performer } from './performer.ts';
import { decideReversal, type ReverseDeps, reverseEffect } from './reverse-effect.ts';

const effect = (overrides: object) =>
  ({ ...aProposal(), status: 'confirmed', reversible: 'yes', ...overrides }) as unknown as EffectView;
const noted = { plan: { undo: { action: 'test.undo', parameters: {} } } } as unknown as StoredRequest;

describe('an effect can be undone', () => {
  it.each([
    { when: 'its way back was noted', of: effect({}), by: noted, then: 'reverse' },
    { when: 'there is none', of: undefined, by: noted, then: 'no_such_effect' },
    { when: 'it is not over', of: effect({ status: 'executing' }), by: noted, then: 'not_confirmed' },
    { when: 'it changes nothing', of: effect({ reversible: 'nothing_to_undo' }), by: noted, then: 'no_way_back' },
    { when: 'nobody requested it', of: effect({}), by: undefined, then: 'no_way_back' },
    { when: 'no plan was noted', of: effect({}), by: {} as StoredRequest, then: 'no_way_back' },
    { when: 'the plan has no way back', of: effect({}), by: { plan: {} } as StoredRequest, then: 'no_way_back' },
  ])('or not when $when: $then', ({ of, by, then }) => {
    expect(decideReversal(of, by).kind).toBe(then);
  });
});

it('is not requested of a performer that is not there any more', async () => {
  const added: unknown[] = [];
  const deps: ReverseDeps = {
    requests: { get: async () => noted, add: async (request: unknown) => added.push(request) > 0 } as never,
    performers: {},
    effect: async () => effect({}),
    now: () => new Date(0),
  };
  expect(await reverseEffect('eff_1', { by: 'captain', reason: 'a mistake' }, deps)).toEqual({
    kind: 'no_way_back',
    reason: 'nobody here performs test.undo',
  });
  expect(added).toEqual([]);
});

it('a request has a fence made of its intent, and two minutes', () => {
  const performer = {
    targetOf: () => 'somewhere',
    impactOf: () => aProposal().impact,
    undoOf: () => ({ reversible: 'nothing_to_undo' }),
  } as unknown as Performer;
  const words = { action: 'test.do', options: ['do it'], choice: 'do it', rationale: 'so', confidence: 1, context: {} };
  const { proposal } = requestOf(words, {}, performer, { by: 'me', intentKey: 'intent-1' });
  expect(proposal.fence).toBe('fnc_325142be9eee013b0b55');
  expect(proposal.deadlineSeconds).toBe(120);
});
