// A gate on a store in memory, for tests: a clock by hand, policy as a function, and the news that would go on the bus.
import type { DynamoDBRecord } from 'aws-lambda';
import { newId } from '../common/ids.ts';
import { marshalItem } from '../common/table-marshal.ts';
import { openSqlite } from '../common/table-sqlite.ts';
import { activateSwarm } from './control-swarm.ts';
import type { Proposal } from './effect.ts';
import { readEffect } from './effects.ts';
import { followEffects } from './follow-effects.ts';
import { type GateDeps, gateOf, type Rules } from './gate.ts';

export const aProposal = (overrides: Partial<Proposal> = {}): Proposal => ({
  intentKey: 'tsk_1#1',
  fence: 'fnc_1',
  actor: 'test',
  scope: { room: 'objectives', agentId: 'agt_a', capability: 'noop' },
  action: 'task.execute',
  target: 'noop',
  context: {},
  options: ['agt_a', 'wait'],
  choice: 'agt_a',
  rationale: 'the plan asks for it',
  confidence: 1,
  impact: { spendCents: 0, apiCalls: 0, files: 0, tokens: 0 },
  reversible: 'nothing_to_undo',
  ...overrides,
});

export const costing = (impact: Partial<Proposal['impact']>, overrides: Partial<Proposal> = {}): Proposal =>
  aProposal({ ...overrides, impact: { ...aProposal().impact, ...impact } });

export const RULES: Rules = {
  judge: ({ action, target }) => ({
    allowed: action === 'task.execute' && target !== 'bank.transfer',
    because: action === 'task.execute' && target !== 'bank.transfer' ? ['tasks'] : [],
  }),
  thresholds: {
    perAction: { spendCents: 10_000, apiCalls: 1_000, files: 10, tokens: 1_000 },
    holds: {
      votes: { spendCentsFrom: 5_000, filesFrom: 5 },
      person: { confidenceBelow: 0.7, spendCentsAbove: 5_000, irreversible: true },
    },
    limits: [],
  },
};

export async function aGate({ active = true, ...overrides }: { active?: boolean } & Partial<GateDeps> = {}) {
  const tables = openSqlite(':memory:');
  tables.defineTable({
    name: 'safety',
    indexes: [{ name: 'effects' }, { name: 'open' }, { name: 'limits' }, { name: 'decisions' }],
    stream: true,
  });
  let nowMs = Date.parse('2026-03-01T10:00:00Z');
  const now = () => new Date(nowMs);
  const told: { type: string; detail: Record<string, unknown> }[] = [];
  const announce = async ({ detailType }: { detailType: string }, detail: unknown) =>
    void told.push({ type: detailType, detail: detail as Record<string, unknown> });
  const control = { tables, table: 'safety', now, newId, openIds: async () => [], announce };
  const deps: GateDeps = { tables, table: 'safety', now, rules: async () => RULES, ...overrides };
  if (active) await activateSwarm('test', 'test', control);
  let seen = 0;
  return {
    tables,
    now,
    control,
    deps,
    told,
    gate: gateOf(deps),
    at: (ms: number) => {
      nowMs += ms;
    },
    read: (effectId: string) => readEffect(effectId, { tables, table: 'safety' }),
    /** What the stream has told since the last time. */
    news: async () => {
      const changes = tables.changesAfter('safety', seen, 10_000);
      seen = changes.at(-1)?.seq ?? seen;
      told.splice(0);
      const records = changes.map(({ seq, kind, pk, sk, before, after }) => ({
        eventID: `event-${seq}`,
        eventName: kind,
        dynamodb: {
          Keys: { pk: { S: pk }, sk: { S: sk } },
          ApproximateCreationDateTime: nowMs / 1_000,
          ...(before ? { OldImage: marshalItem(before) } : {}),
          ...(after ? { NewImage: marshalItem(after) } : {}),
        },
      }));
      await followEffects(records as DynamoDBRecord[], { announce });
      return told.splice(0);
    },
  };
}
