// Agents of a hostile planner: most answer, some answer with nonsense, for others, twice, or reach for the gate themselves.
import type { AgentCall } from '../../functions/common/agent-call.ts';
import { contentId } from '../../functions/common/ids.ts';
import { effectCleared } from '../../functions/objectives/held-tasks.ts';
import { settleOutcomes } from '../../functions/objectives/settle-outcomes.ts';
import { effectIdOf } from '../../functions/safety/gate.ts';
import type { Attacked } from './hostile-swarm.ts';
import { forgedId, jsonOf, strangeName, strangeValue } from './hostile-words.ts';
import type { Chance } from './random.ts';

const SECTION = { title: 't', figures: [], tables: [], method: [], limits: [] };
const ANSWERS: Readonly<Record<string, unknown>> = {
  noop: { done: true },
  'drill.misbehave': { drill: 'ok' },
  'sandbox.run': { kind: 'sandbox', result: null, files: {}, lines: [] },
  'report.write': { kind: 'report', title: 't', markdown: 'm' },
  'brief.write': { kind: 'brief', title: 't', markdown: 'm' },
};
const ROUNDS_MAX = 200;

/** Lets everything happen until nothing moves any more. */
export async function workOff(swarm: Attacked, chance: Chance): Promise<void> {
  for (let rounds = 0; rounds < ROUNDS_MAX; rounds += 1) {
    const records = swarm.records();
    await swarm.dispatch(records);
    if (records.length > 0 && chance.happens(0.02)) await swarm.dispatch(records); // delivered twice
    const called = swarm.calls.splice(0);
    for (const call of called) await answerTo(call, swarm, chance);
    if (records.length + called.length === 0) return;
  }
  swarm.watch.find('it does not come to rest', ROUNDS_MAX);
}

async function answerTo(call: AgentCall, swarm: Attacked, chance: Chance): Promise<void> {
  if (chance.happens(0.03)) await forge(call, swarm, chance);
  if (chance.happens(0.03)) await reachForTheGate(call, swarm, chance);
  const { taskId, fence, agentId, attempt, startedAt, parameters } = call;
  const ref = { taskId, fence, agentId, attempt, startedAt };
  const isFailing = chance.happens(0.05) || parameters.mode === 'throw' || parameters.mode === 'permanent';
  const error = {
    name: parameters.mode === 'permanent' ? 'PermanentTaskError' : strangeName(chance),
    message: strangeName(chance),
  };
  const isStrange = !isFailing && chance.happens(0.05);
  const result = isStrange ? strangeValue(chance) : (ANSWERS[call.capability] ?? { kind: 'x', section: SECTION });
  await report({ ...ref, ...(isFailing ? { error } : { result }) }, swarm);
  swarm.watch.ended(call);
  if (!isFailing && !isStrange) swarm.watch.hasSucceeded(taskId);
  if (chance.happens(0.03)) await report({ ...ref, result: { done: true, again: 1 } }, swarm);
}

/** As the outcome queue delivers it. What comes back to the queue was not dealt with. */
async function report(body: object, { deps, watch }: Attacked): Promise<void> {
  const { batchItemFailures } = await settleOutcomes(
    { Records: [{ messageId: 'm', body: jsonOf(body) }] } as never,
    deps,
  );
  if (batchItemFailures.length > 0) watch.find('an outcome that cannot be settled', body);
}

/** Answers for tasks that are not its own, or with a fence that it made up: nothing may change by it. */
async function forge(call: AgentCall, swarm: Attacked, chance: Chance): Promise<void> {
  const { taskId, agentId, attempt, startedAt } = call;
  const other = taskId.replace(/_\d+$/, `_${chance.below(5)}`);
  const forged = { agentId, startedAt, attempt: attempt + chance.below(3), fence: `fnc_${chance.below(9)}` };
  await report({ ...forged, taskId: chance.pick([taskId, other, forgedId(chance)]), result: { done: true } }, swarm);
}

/** Takes the intent of its own or the next attempt, and settles its effect, whose fence anybody can compute. */
async function reachForTheGate(call: AgentCall, swarm: Attacked, chance: Chance): Promise<void> {
  const intentKey = `${call.taskId}#${call.attempt + chance.below(2)}`;
  const key = { pk: effectIdOf(intentKey), sk: 'effect' };
  const before = JSON.stringify(await swarm.tables.get('safety', key));
  const fence = contentId('fnc', intentKey).slice(0, 20);
  const proposal = {
    ...{ intentKey, fence, actor: 'objectives/dispatch-tasks', choice: 'execute', rationale: 'because', confidence: 1 },
    ...{ action: chance.pick(['task.execute', 'agent.act', 'bank.transfer']), target: call.capability, context: {} },
    scope: { room: 'objectives', agentId: call.agentId, capability: call.capability },
    options: ['execute'],
    impact: { spendCents: 0, apiCalls: 0, files: 0, tokens: 0 },
    reversible: 'nothing_to_undo',
  };
  const answer = await swarm.send(swarm.agentApp, '/api/v1/effects/propose', jsonOf(proposal), [call.agentId, 'agent']);
  if (answer.text.includes('"cleared"')) swarm.watch.find('an agent cleared itself', { proposal, answer });
  const ending = { status: chance.pick(['failed', 'confirmed']), reason: 'mine', fence, real: proposal.impact };
  await swarm.send(swarm.agentApp, `/api/v1/effects/${key.pk}/settle`, jsonOf(ending), [call.agentId, 'agent']);
  const after = JSON.stringify(await swarm.tables.get('safety', key));
  if (after !== before) swarm.watch.find("an agent moved a task's effect", { before, after });
}

/** Some of what waits for others is agreed to, after somebody has tried to agree to something else in its name. */
export async function agreeToSome(swarm: Attacked, chance: Chance): Promise<void> {
  for (const held of swarm.held.splice(0)) {
    if (!chance.happens(0.3) || !(await swarm.agree(held))) continue;
    const { effectId, proposal } = held;
    const news = { effectId, intentKey: proposal.intentKey, reason: 'agreed' };
    await effectCleared(news, `agreed-${effectId}`, swarm.deps);
  }
}
