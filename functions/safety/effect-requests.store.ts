// What was requested and how far its performance is, beside the effect itself. An act begins once.
import type { Item, Tables } from '../common/table.ts';
import { effectKey } from './effect-item.ts';
import type { EffectRequest } from './effect-request.ts';
import type { Plan } from './performer.ts';

export type StoredRequest = EffectRequest & { plan?: Plan; begunAt?: string };
export type EffectRequests = {
  get(effectId: string): Promise<StoredRequest | undefined>;
  /** Answers false when it is there already: the same intent is the same effect. */
  add(request: EffectRequest, at: string): Promise<boolean>;
  /** Notes the way back, then nothing stands between this and the act: only while the effect is still ours to do. */
  begin(request: EffectRequest, plan: Plan, at: string): Promise<boolean>;
  /** The effect that was undone is marked so; doing it again changes nothing. */
  markReversed(effectId: string, by: string, reason: string): Promise<boolean>;
};

const keyOf = (effectId: string) => ({ pk: effectId, sk: 'request' });

export const effectRequestsIn = (tables: Tables, table: string): EffectRequests => ({
  get: async (effectId) => {
    const item = await tables.get(table, keyOf(effectId));
    if (!item) return undefined;
    const { pk, sk, by, why, parameters, plan, ...rest } = item;
    const read = (text: unknown) => (text === undefined ? undefined : JSON.parse(String(text)));
    return { ...rest, parameters: read(parameters), plan: read(plan) } as unknown as StoredRequest;
  },
  add: async (request, at) => {
    const { actor, rationale } = request.proposal;
    const put = {
      ...keyOf(request.effectId),
      ...request,
      parameters: JSON.stringify(request.parameters),
      at,
      by: actor,
      why: rationale,
    } as unknown as Item;
    return (await tables.write([{ table, put, if: { missing: 'pk' } }])).written;
  },
  begin: async ({ effectId, proposal }, plan, at) => {
    const outcome = await tables.write([
      {
        table,
        check: effectKey(effectId),
        if: {
          all: [
            { path: 'status', equals: 'executing' },
            { path: 'fence', equals: proposal.fence },
          ],
        },
      },
      {
        table,
        update: keyOf(effectId),
        changes: {
          set: [
            ['plan', JSON.stringify(plan)],
            ['begunAt', at],
            ['by', 'perform-effects'],
            ['why', 'it is about to be done'],
          ],
        },
        if: { all: [{ exists: 'pk' }, { missing: 'begunAt' }] },
      },
    ]);
    return outcome.written;
  },
  markReversed: async (effectId, by, reason) => {
    const set = [
      ['status', 'reversed'],
      ['reversedBy', by],
      ['by', by],
      ['why', reason],
    ] as const;
    const only = { path: 'status', equals: 'confirmed' } as const;
    return (await tables.write([{ table, update: effectKey(effectId), changes: { set }, if: only }])).written;
  },
});
