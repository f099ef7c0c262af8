// A hostile plan's way in: handed in by HTTP with the objective, or drafted by a planner that has been taken over, step by
// step as decompose-objective takes it.
import { mendPlan } from '../../functions/objectives/make-plan.ts';
import {
  draftOf,
  keepDraft,
  rejectObjective,
  selectObjective,
  storePlan,
  validateDraft,
} from '../../functions/objectives/planning.ts';
import { agreeToSome, workOff } from './hostile-agents.ts';
import { hostileObjective } from './hostile-plans.ts';
import type { Attacked } from './hostile-swarm.ts';
import { jsonOf, strangeName } from './hostile-words.ts';
import type { Chance } from './random.ts';

export type Tally = Record<string, number>;
/** A swarm with what it was sent so far. */
export type Siege = { swarm: Attacked; sent: Sent[]; chance: Chance; tally: Tally };
type Sent = { text: string; key: string; objectiveId: string };

/** Hands one in, and lets the swarm do with it what it does. */
export async function attackWithPlan({ swarm, sent, chance, tally }: Siege, n: number, heavy?: string): Promise<void> {
  const { request, attacks } = hostileObjective(chance, heavy);
  const { plan, ...withoutPlan } = request;
  const isDrafted = !heavy && chance.happens(0.25);
  const before = chance.happens(0.02) ? sent.at(-1) : undefined;
  const text = before && chance.happens(0.5) ? before.text : textOf(isDrafted ? withoutPlan : request, chance);
  const key = before?.key ?? (chance.happens(0.005) ? strangeKey(chance) : `key-${n}`);
  const answer = await swarm.send(swarm.app, '/api/v1/objectives', text, ['ann', 'operator'], key);
  const end = answer.status === 201 ? await take({ text, key, plan }, answer.text, { swarm, sent, n }) : 'refused';
  const isSane = attacks.length === 0 && key === `key-${n}` && !BROKEN.includes(text);
  if (isSane && end.includes('refused')) swarm.watch.find('a sane plan was refused', { text, answer });
  const sign = end.includes('refused') ? '-' : '+';
  for (const name of [end, ...(before ? [] : attacks.map((attack) => `${sign} ${attack}`))])
    tally[name] = (tally[name] ?? 0) + 1;
  if (end !== 'refused' && end !== 'repeated') await letGo(swarm, chance);
}

type Accepted = { text: string; key: string; plan: unknown };
type End = 'accepted' | 'repeated' | 'draft accepted' | 'draft refused';

/** It was taken: now what, and is it what was sent? */
async function take(
  { text, key, plan }: Accepted,
  answer: string,
  { swarm, sent, n }: { swarm: Attacked; sent: Sent[]; n: number },
): Promise<End> {
  const { objectiveId, status } = JSON.parse(answer) as { objectiveId: string; status: string };
  const body = JSON.parse(text) as { plan?: unknown; budgetUsd?: unknown };
  const earlier = sent.find((one) => one.objectiveId === objectiveId);
  if (earlier && (earlier.key !== key || earlier.text !== text))
    swarm.watch.find('one objective for two requests', { text, earlier });
  if (earlier) return 'repeated';
  sent.push({ text, key, objectiveId });
  if (status !== 'running') return planIt(swarm, objectiveId, { budgetUsd: body.budgetUsd, plan }, n);
  swarm.watch.accepted(objectiveId, body.plan, body.budgetUsd);
  return 'accepted';
}

async function letGo(swarm: Attacked, chance: Chance): Promise<void> {
  await workOff(swarm, chance);
  await agreeToSome(swarm, chance);
  await workOff(swarm, chance);
  if (chance.happens(0.5)) return;
  await swarm.remind();
  await workOff(swarm, chance);
}

type Drafted = { budgetUsd: unknown; plan: unknown };

/** The states of decompose-objective, with a draft by somebody else. What does not hold is mended once. */
async function planIt(swarm: Attacked, objectiveId: string, { budgetUsd, plan }: Drafted, n: number): Promise<End> {
  const deps = swarm.planningDeps;
  await selectObjective(`run-${n}`, deps, objectiveId);
  const draft: unknown = JSON.parse(jsonOf(plan ?? null));
  await keepDraft(objectiveId, { plan: draft, reasons: [] }, deps);
  const ref = { objectiveId, repairs: 0 };
  const { valid } = await validateDraft(ref, deps);
  if (valid) {
    swarm.watch.accepted(objectiveId, draft, budgetUsd);
    await storePlan(ref, deps);
    return 'draft accepted';
  }
  const mended = await mendPlan(ref, deps);
  if (!(await validateDraft(mended, deps)).valid) {
    await rejectObjective({ objectiveId }, deps);
    return 'draft refused';
  }
  swarm.watch.accepted(objectiveId, (await draftOf(objectiveId, deps)).plan, budgetUsd);
  await storePlan(mended, deps);
  return 'draft refused';
}

const BROKEN = ['', '{', '[]', 'null', '"plan"', '{"text":"x"}}', '\u0000', '{"text":"x","text":"y","plan":{}}'];
const textOf = (request: object, chance: Chance): string =>
  chance.happens(0.01) ? chance.pick(BROKEN) : jsonOf(request);

/** What a header can carry. */
const strangeKey = (chance: Chance): string =>
  strangeName(chance)
    .replace(/[^\x20-\x7e]/g, '?')
    .trim() || 'key';
