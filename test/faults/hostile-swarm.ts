// The swarm that a hostile planner is let loose on: routes, planning, dispatch and gate as they are shipped, on a store in
// memory. Only the agents are played; whatever they are called for goes to the watch.
import { agentDeclarations } from '../../functions/agents/declaration.ts';
import type { AgentCall } from '../../functions/common/agent-call.ts';
import { readConfig, readConfigs } from '../../functions/common/config.ts';
import { actingAsPrincipal } from '../../functions/common/http.test-support.ts';
import type { HttpApp, Role } from '../../functions/common/http.ts';
import { parseTaskId } from '../../functions/common/ids.ts';
import { marshalItem } from '../../functions/common/table-marshal.ts';
import { openSqlite, type SqliteStore } from '../../functions/common/table-sqlite.ts';
import { dispatchChanges, lookAgain } from '../../functions/objectives/dispatch-changes.ts';
import { knownCapabilities } from '../../functions/objectives/execution-deps.ts';
import { finishIn } from '../../functions/objectives/finish-objective.ts';
import { giveUpIn } from '../../functions/objectives/give-up.ts';
import { markSucceededIn } from '../../functions/objectives/mark-succeeded.ts';
import { resourceKey } from '../../functions/objectives/objective-items.ts';
import { readsIn } from '../../functions/objectives/objective-reads.ts';
import { Pattern } from '../../functions/objectives/pattern.ts';
import type { DispatchDeps } from '../../functions/objectives/place-task.ts';
import { effectOf } from '../../functions/objectives/proposal.ts';
import type { Reminder } from '../../functions/objectives/reminder.ts';
import { routes } from '../../functions/objectives/routes.ts';
import type { SettleDeps } from '../../functions/objectives/settle-task.ts';
import { agentReady } from '../../functions/objectives/track-roster.ts';
import { undeclared } from '../../functions/safety/action.ts';
import { loadCedar } from '../../functions/safety/cedar.client.ts';
import { checkPolicies } from '../../functions/safety/check-policies.ts';
import { type FlagChange, readFlags, writeFlags } from '../../functions/safety/control-flags.ts';
import { readEffect } from '../../functions/safety/effects.ts';
import { type GateDeps, gateOf, type Proposal, type Rules, type Verdict } from '../../functions/safety/gate.ts';
import { actionCatalogue, checkDeps, configuredPolicies } from '../../functions/safety/gate-deps.ts';
import { satisfyNeed } from '../../functions/safety/holds.ts';
import { rulesFrom } from '../../functions/safety/policy-rules.ts';
import { proposeRoutes } from '../../functions/safety/propose-routes.ts';
import type { Asked } from './hostile-oracle.ts';
import { agreedWords, watching } from './hostile-watch.ts';

type StreamRecords = Parameters<typeof dispatchChanges>[0];
export type Held = { effectId: string; proposal: Proposal };

/** What is read once: policies, thresholds, catalogue, capabilities and agents as they are shipped. */
export async function shipped() {
  const cedar = await loadCedar();
  const checked = checkPolicies(configuredPolicies(), await checkDeps());
  if (checked.kind === 'wrong') throw new Error('the shipped policies are wrong');
  const catalogue = actionCatalogue();
  const rules: Rules = {
    ...rulesFrom(checked.compiled, cedar),
    undeclared: (proposal) => undeclared(proposal, catalogue),
  };
  const capabilities = knownCapabilities();
  const agents = readConfig('agents.yaml', agentDeclarations(capabilities.keys()));
  return { rules, capabilities, agents, patterns: readConfigs('patterns', Pattern) };
}
export type ShippedSwarm = Awaited<ReturnType<typeof shipped>>;
export type Attacked = Awaited<ReturnType<typeof aSwarmUnderAttack>>;

function aStore(): SqliteStore {
  const tables = openSqlite(':memory:');
  const named = (...names: string[]) => names.map((name) => ({ name }));
  tables.defineTable({ name: 'objectives', indexes: named('queue', 'waiting', 'active', 'recent'), stream: true });
  tables.defineTable({ name: 'safety', indexes: named('effects', 'open', 'limits', 'decisions'), stream: false });
  return tables;
}

/** The gate, with a note of what it held: that is what others are asked to agree to. */
function aWatchedGate(deps: GateDeps, held: Held[]) {
  const gate = gateOf(deps);
  return {
    ...gate,
    propose: async (proposals: readonly Proposal[]): Promise<Verdict[]> => {
      const verdicts = await gate.propose(proposals);
      verdicts.forEach((verdict, index) => {
        const proposal = proposals[index];
        if (proposal && verdict.kind === 'held') held.push({ effectId: verdict.effectId, proposal });
      });
      return verdicts;
    },
  };
}

export async function aSwarmUnderAttack({ rules, capabilities, agents, patterns }: ShippedSwarm, startMs: number) {
  const tables = aStore();
  let nowMs = startMs;
  const now = () => new Date(nowMs);
  const watch = watching({ capabilities, agents });
  const held: Held[] = [];
  const agreed = new Map<string, string>();
  const calls: AgentCall[] = [];
  const reminders: { delayMs: number; reminder: Reminder }[] = [];
  const gateDeps: GateDeps = {
    tables,
    table: 'safety',
    now,
    rules: async () => rules,
    whyShadow: async () => () => undefined,
  };
  const gate = aWatchedGate(gateDeps, held);
  const base = { tables, table: 'objectives', now, capabilities };
  const reads = readsIn(tables, 'objectives', now);
  const isAgreed = (effectId: string, asked: Asked) => agreed.get(effectId) === agreedWords(asked);

  const takeCall = async (functionName: string, call: AgentCall): Promise<void> => {
    const { objectiveId = '', number = 0 } = parseTaskId(call.taskId) ?? {};
    const { effectId } = effectOf(objectiveId, number, call.attempt);
    const stored = (await tables.get('safety', { pk: effectId, sk: 'effect' })) as never;
    const flags = await readFlags(tables, 'safety');
    if (flags.killed) watch.find('called while killed', call);
    watch.call(functionName, call, stored, { isAgreed: agreed.has(effectId), atMs: nowMs });
    calls.push(call);
  };
  const deps: DispatchDeps & SettleDeps & { startPlanning(objectiveId: string): Promise<void> } = {
    ...base,
    reads,
    gate,
    random: () => 0.5,
    startPlanning: async () => {},
    giveUp: giveUpIn(tables, 'objectives', now),
    finish: finishIn(tables, 'objectives', now),
    markSucceeded: markSucceededIn(tables, 'objectives'),
    capability: (name) => capabilities.get(name),
    remindIn: async (delayMs, reminder) => {
      if (reminder.causes) watch.find('dispatching threw', reminder);
      reminders.push({ delayMs, reminder });
    },
    callAgent: takeCall,
    inputsOf: async () => [],
    flags: () => readFlags(tables, 'safety'),
    runningOf: async ({ agentId }) =>
      ((await tables.get('objectives', resourceKey(`agent:${agentId}`)))?.holders as Set<string> | undefined)?.size ??
      0,
  };
  const flag = (change: Partial<FlagChange>) =>
    writeFlags(tables, 'safety', { reason: 'test', by: 'test', at: now().toISOString(), ...change } as FlagChange);
  await flag({ swarm: 'active', killed: false });
  for (const { id, function: functionName = '', capabilities: can, concurrency } of agents) {
    const ready = { agentId: id, functionName, capabilities: can, concurrency, at: now().toISOString() };
    await agentReady(ready, { tables, table: 'objectives' });
  }
  const app = routes({ ...base, reads, artifacts: { uploadUrl: async () => '' }, pause: async () => {} });

  let seen = 0;
  const swarm = {
    ...{ tables, now, watch, held, calls, gate, gateDeps, deps, app, agentApp: proposeRoutes(gateDeps), flag },
    planningDeps: { ...base, patterns },
    at: (ms: number) => {
      nowMs += ms;
    },
    /** A request as it comes in, judged by the answer that it gets. */
    send: async (to: HttpApp, path: string, text: string, [who, role]: [string, Role], key?: string) => {
      const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) };
      const beganMs = performance.now();
      const response = await to.request(path, { method: 'POST', body: text, headers }, actingAsPrincipal(who, role));
      const answer = { status: response.status, text: await response.text() };
      watch.answer(text, answer, performance.now() - beganMs);
      return answer;
    },
    records: (): StreamRecords => {
      const changes = tables.changesAfter('objectives', seen, 10_000);
      seen = changes.at(-1)?.seq ?? seen;
      tables.trimChanges('objectives', seen);
      return changes.map(({ seq, kind, pk, sk, before, after }) => ({
        eventID: `event-${seq}`,
        eventName: kind,
        dynamodb: {
          Keys: { pk: { S: pk }, sk: { S: sk } },
          ...(before ? { OldImage: marshalItem(before) } : {}),
          ...(after ? { NewImage: marshalItem(after) } : {}),
        } as never,
      }));
    },
    dispatch: (records: StreamRecords) => dispatchChanges(records, deps),
    /** The time of the next reminders comes. */
    remind: async () => {
      for (const { delayMs, reminder } of reminders.splice(0)) {
        nowMs += delayMs;
        await lookAgain(reminder, `reminder-${nowMs}`, deps);
      }
    },
    isAgreed,
    /** Those who are asked agree to exactly what was held. */
    agree: async ({ effectId, proposal }: Held): Promise<boolean> => {
      const effect = await readEffect(effectId, { tables, table: 'safety' });
      if (effect?.status !== 'held') return false;
      const said = { effectId, by: 'ann', reason: 'fine', digest: effect.digest };
      let last = 'still_held';
      for (const need of effect.needs.filter((one) => one !== 'resume'))
        last = await satisfyNeed({ ...said, need }, gateDeps);
      if (last === 'cleared') agreed.set(effectId, agreedWords(proposal as Asked));
      return last === 'cleared';
    },
  };
  return swarm;
}
