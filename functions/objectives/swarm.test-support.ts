// A swarm in one process for tests: the real actions on the SQLite store, agents that are functions, and a clock by hand.

import type { DynamoDBRecord } from 'aws-lambda';
import { type AgentCall, AttemptRef } from '../common/agent-call.ts';
import { Capability } from '../common/capability.ts';
import { marshalItem } from '../common/table-marshal.ts';
import { openSqlite } from '../common/table-sqlite.ts';
import { readFlags, writeFlags } from '../safety/control-flags.ts';
import { gateOf, type Rules } from '../safety/gate.ts';
import { dispatchChanges, lookAgain } from './dispatch-changes.ts';
import { finishIn } from './finish-objective.ts';
import { giveUpIn } from './give-up.ts';
import { markSucceededIn } from './mark-succeeded.ts';
import { resourceKey } from './objective-items.ts';
import { lookAtObjective } from './objective-lists.ts';
import { readsIn } from './objective-reads.ts';
import type { Outcome } from './outcome.ts';
import type { DispatchDeps } from './place-task.ts';
import { receiveObjective } from './receive-objective.ts';
import { type SettleDeps, settleTask } from './settle-task.ts';
import { agentReady } from './track-roster.ts';

export const GATE_RULES: Rules = {
  judge: () => ({ allowed: true, because: ['tasks'] }),
  thresholds: {
    perAction: { spendCents: 10_000, apiCalls: 1_000, files: 10, tokens: 1_000 },
    holds: {
      votes: { spendCentsFrom: 5_000, filesFrom: 5 },
      person: { confidenceBelow: 0.7, spendCentsAbove: 5_000, irreversible: true },
    },
    limits: [],
  },
};

const any = { type: 'object' };
export const capability = (name: string, overrides: object = {}) =>
  Capability.parse({ name, title: name, description: name, parameters: any, result: any, ...overrides });

export type Task = {
  id: string;
  dependsOn?: string[];
  capability?: string;
  resources?: string[];
  maxAttempts?: number;
  parameters?: Record<string, unknown>;
};
type Answer = (call: AgentCall) => unknown;
type Reminder = { delayMs: number; objectiveId: string; page: number; causes?: Record<string, string[]> };

export async function aSwarm({
  answer = () => ({ ok: true }),
  concurrency,
}: {
  answer?: Answer;
  concurrency?: number;
} = {}) {
  const store = openSqlite(':memory:');
  const objectives = 'objectives';
  store.defineTable({
    name: objectives,
    indexes: ['queue', 'waiting', 'active', 'recent'].map((name) => ({ name })),
    stream: true,
  });
  store.defineTable({ name: 'safety', indexes: [{ name: 'effects' }], stream: true });
  let nowMs = Date.parse('2026-03-01T10:00:00Z');
  const now = () => new Date(nowMs);
  const calls: AgentCall[] = [];
  const reminders: Reminder[] = [];
  const capabilities = new Map([capability('work'), capability('rare')].map((one) => [one.name, one]));
  const reads = readsIn(store, objectives, now);
  const deps: DispatchDeps & SettleDeps & { startPlanning(objectiveId: string, cause: string): Promise<void> } = {
    startPlanning: async () => undefined,
    tables: store,
    table: objectives,
    now,
    reads,
    random: () => 0,
    gate: gateOf({
      tables: store,
      table: 'safety',
      now,
      rules: async () => GATE_RULES,
    }),
    giveUp: giveUpIn(store, objectives, now),
    finish: finishIn(store, objectives, now),
    markSucceeded: markSucceededIn(store, objectives),
    capability: (name) => capabilities.get(name),
    remindIn: async (delayMs, reminder) => void reminders.push({ delayMs, ...reminder }),
    callAgent: async (_, call) => void calls.push(call),
    inputsOf: async () => [],
    flags: () => readFlags(store, 'safety'),
    runningOf: async ({ agentId }) =>
      ((await store.get(objectives, resourceKey(`agent:${agentId}`)))?.holders as Set<string> | undefined)?.size ?? 0,
  };
  await writeFlags(store, 'safety', { swarm: 'active', killed: false, reason: 'test', by: 'test', at: '-' });
  await agentReady(
    { agentId: 'agt_worker', functionName: 'worker', capabilities: ['work'], concurrency, at: now().toISOString() },
    { tables: store, table: objectives },
  );

  let seen = 0;
  const swarm = {
    store,
    deps,
    calls,
    reminders,
    at: (ms: number) => {
      nowMs += ms;
    },
    submit: async (plan: Task[], objectiveId = `obj_01ARZ3NDEKTSV4RRFFQ69G5FA${calls.length % 10}`) => {
      const tasks = plan.map((task) => ({
        title: task.id,
        capability: 'work',
        parameters: {},
        dependsOn: [],
        resources: [],
        ...task,
      }));
      const received = await receiveObjective(
        { text: 'x', impact: 5, budgetUsd: 0, inputs: [], plan: tasks } as never,
        objectiveId,
        'test',
        { tables: store, table: objectives, capabilities, now },
      );
      if (received.kind === 'refused') throw new Error(JSON.stringify(received.problems));
      return objectiveId;
    },
    /** The change records since the last time, as Lambda would get them. */
    records: (): DynamoDBRecord[] => {
      const changes = store.changesAfter(objectives, seen, 10_000);
      seen = changes.at(-1)?.seq ?? seen;
      return changes.map(({ seq, kind, pk, sk, before, after }) => ({
        eventID: `event-${seq}`,
        eventName: kind,
        eventSourceARN: 'arn:aws:dynamodb:eu-central-1:000000000000:table/objectives/stream/1',
        dynamodb: {
          Keys: { pk: { S: pk }, sk: { S: sk } },
          ...(before ? { OldImage: marshalItem(before) } : {}),
          ...(after ? { NewImage: marshalItem(after) } : {}),
        } as never,
      }));
    },
    outcomeOf: async (call: AgentCall): Promise<Outcome> => {
      const ref = AttemptRef.parse(call);
      try {
        return { kind: 'done', ...ref, result: await answer(call) };
      } catch (error) {
        return {
          kind: 'failed',
          ...ref,
          error: { name: (error as Error).name, message: (error as Error).message },
        };
      }
    },
    /** Lets everything happen until nothing moves any more. */
    settle: async () => {
      for (let rounds = 0; rounds < 500; rounds += 1) {
        const records = swarm.records();
        await dispatchChanges(records, deps);
        const called = calls.splice(0);
        for (const call of called) await settleTask(await swarm.outcomeOf(call), deps);
        if (records.length + called.length === 0) return;
      }
      throw new Error('The swarm does not come to rest');
    },
    /** The time of the next reminder comes. */
    remind: async () => {
      const due = reminders.splice(0);
      for (const { delayMs, objectiveId, page, causes } of due) {
        nowMs += delayMs;
        await lookAgain({ objectiveId, page, causes }, `reminder-${nowMs}`, deps);
      }
    },
    look: async (objectiveId: string) => {
      const view = await lookAtObjective(objectiveId, { tables: store, table: objectives, reads, now });
      if (!view) throw new Error('not stored');
      return view;
    },
    effects: async () => {
      const { items } = await store.query({
        table: 'safety',
        index: 'effects',
        pk: `effects#${now().toISOString().slice(0, 10)}`,
        limit: 1_000,
      });
      const found = await Promise.all(items.map(({ pk, sk }) => store.get('safety', { pk, sk })));
      return found.map((item) => String(item?.status));
    },
  };
  return swarm;
}
