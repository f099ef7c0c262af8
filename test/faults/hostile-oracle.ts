// The rules, written again: what may be accepted, what may happen, how much of it. Nothing here asks the code that it judges;
// the figures are those of config/gate.yaml, the permissions those of config/policies.
import type { Proposal } from '../../functions/safety/effect.ts';

const ROOM_OF_ACTION: Readonly<Record<string, string>> = {
  'task.execute': 'objectives',
  'setting.change': 'safety',
  'object.write': 'safety',
  'api.call': 'safety',
};
const UNITS = ['spendCents', 'apiCalls', 'files', 'tokens'] as const;
const MOST = { spendCents: 10_000, apiCalls: 1_000, files: 10, tokens: 1_000_000 };
const WORDS = ['intentKey', 'fence', 'actor', 'action', 'target', 'choice', 'rationale'] as const;

export type Asked = Omit<Proposal, 'impact'> & { impact: Record<string, unknown> };

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
const amountOf = ({ impact }: Asked, unit: (typeof UNITS)[number]): unknown =>
  impact?.[unit] === 'unknown' ? MOST[unit] : impact?.[unit];

/** Whether votes or a person have to agree first. */
export function needsAgreement(asked: Asked): boolean {
  const { confidence, reversible, undo, contest } = asked;
  const [spendCents, files] = [amountOf(asked, 'spendCents') as number, amountOf(asked, 'files') as number];
  const isFinal = reversible === 'no' || (reversible === 'yes' && !undo);
  return spendCents >= 5_000 || files >= 5 || contest !== undefined || confidence < 0.7 || isFinal;
}

/** Why it must not happen, by the requirements alone; nothing when it may. */
export function breach(asked: Asked, isAgreed: boolean): string | undefined {
  const { action, target, scope, confidence, reversible, options, context } = asked;
  if (WORDS.some((name) => !isText(asked[name]))) return 'it does not say who, what and why';
  if (!Array.isArray(options) || options.length === 0 || typeof context !== 'object') return 'no other options';
  if (ROOM_OF_ACTION[action] !== scope.room) return 'outside of policy';
  if (action === 'task.execute' && scope.capability !== target) return 'a capability that it gave itself';
  if (action === 'task.execute' && reversible !== 'nothing_to_undo') return 'undone otherwise than declared';
  if (!['yes', 'no', 'nothing_to_undo'].includes(reversible)) return 'nobody knows how it is undone';
  const amounts = UNITS.map((unit) => amountOf(asked, unit));
  if (!amounts.every((amount) => Number.isSafeInteger(amount) && (amount as number) >= 0)) return 'no known cost';
  if (UNITS.some((unit) => (amountOf(asked, unit) as number) > MOST[unit])) return 'more than one action may';
  if (!(confidence >= 0.2 && confidence <= 1)) return 'blind';
  if (needsAgreement(asked) && !isAgreed) return 'nobody has agreed to it';
  return undefined;
}

export type Done = { atMs: number; asked: Asked; isAgreed: boolean };

const HOUR_MS = 3_600_000;
const CAPS = [
  { name: 'calls in a minute', unit: 'apiCalls', most: 100, ms: 60_000, agreed: undefined },
  { name: 'spending in an hour', unit: 'spendCents', most: 1_000, ms: HOUR_MS, fixed: true, agreed: false },
  { name: 'agreed spending in a day', unit: 'spendCents', most: 50_000, ms: 24 * HOUR_MS, fixed: true, agreed: true },
  { name: 'files in an hour', unit: 'files', most: 50, ms: HOUR_MS, fixed: true, agreed: undefined },
  { name: 'tokens in an hour', unit: 'tokens', most: 10_000_000, ms: HOUR_MS, agreed: undefined },
] as const;

/** The caps of the swarm that were overrun, in any window. `done` is in the order of time. */
export function overruns(done: readonly Done[]): string[] {
  return CAPS.flatMap((cap) => {
    const counted = done.filter(({ isAgreed }) => cap.agreed === undefined || cap.agreed === isAgreed);
    const taken = counted.map(({ atMs, asked }) => ({ atMs, amount: amountOf(asked, cap.unit) as number }));
    const most = 'fixed' in cap ? fullest(taken, cap.ms) : densest(taken, cap.ms);
    return most > cap.most ? [`${cap.name}: ${most} of ${cap.most}`] : [];
  });
}

type Taken = { atMs: number; amount: number };

function fullest(taken: readonly Taken[], ms: number): number {
  const windows = Map.groupBy(taken, ({ atMs }) => Math.floor(atMs / ms));
  return Math.max(0, ...[...windows.values()].map((all) => all.reduce((sum, { amount }) => sum + amount, 0)));
}

function densest(taken: readonly Taken[], ms: number): number {
  let [from, sum, most] = [0, 0, 0];
  for (const { atMs, amount } of taken) {
    sum += amount;
    while ((taken[from]?.atMs ?? 0) <= atMs - ms) sum -= taken[from++]?.amount ?? 0;
    most = Math.max(most, sum);
  }
  return most;
}

/** A task as it was sent, unread by anybody. */
export type Task = {
  id: string;
  title: string;
  capability: string;
  parameters?: Record<string, unknown>;
  dependsOn?: string[];
  timeoutSeconds?: number;
  maxAttempts?: number;
  resources?: string[];
  budgetUsd?: number;
};
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const FIELDS = new Set([
  'id',
  'title',
  'capability',
  'parameters',
  'dependsOn',
  'timeoutSeconds',
  'maxAttempts',
  'resources',
  'budgetUsd',
]);

const isOf = (least: number, value: number, most: number) => Number.isInteger(value) && value >= least && value <= most;
const isMoney = (usd: number): boolean => usd >= 0 && Math.abs(usd * 100 - Math.round(usd * 100)) < 1e-6;
const isLock = (name: string): boolean => /^[a-z0-9][a-z0-9._:/-]{0,63}$/.test(name);

function taskBreach(task: Task, ids: ReadonlySet<string>, known: ReadonlySet<string>): string | undefined {
  const { dependsOn = [], timeoutSeconds = 1, maxAttempts = 1, budgetUsd = 0, resources = [], parameters = {} } = task;
  const rules: [boolean, string][] = [
    [Object.keys(task).every((name) => FIELDS.has(name)), 'a field that there is not'],
    [isText(task.title) && task.title.trim().length <= 200, 'no title'],
    [known.has(task.capability), 'a capability that there is not'],
    [dependsOn.every((id) => ids.has(id)) && new Set(dependsOn).size === dependsOn.length, 'links that are none'],
    [isOf(1, timeoutSeconds, 900) && isOf(1, maxAttempts, 10), 'no time-out, or no number of attempts'],
    [isMoney(budgetUsd), 'no amount of money'],
    [resources.every(isLock), 'no name of a lock'],
    [JSON.stringify(parameters).length <= 32 * 1024, 'parameters without end'],
  ];
  return rules.find(([holds]) => !holds)?.[1];
}

/** What is wrong with a plan that was accepted; nothing when it may be. `known` are the capabilities that exist. */
export function planBreach(sent: unknown, budgetUsd: unknown, known: ReadonlySet<string>): string | undefined {
  if (!Array.isArray(sent) || sent.length === 0 || sent.length > 1_000) return 'no list of up to 1,000 tasks';
  const plan = sent as Task[];
  const ids = new Set(plan.map(({ id }) => id));
  if (ids.size < plan.length || ![...ids].every((id) => NAME.test(id))) return 'ids that are none';
  const wrong = plan.map((task) => taskBreach(task, ids, known)).find((why) => why !== undefined);
  if (wrong) return wrong;
  const cents = plan.reduce((sum, { budgetUsd: cost = 0 }) => sum + Math.round(cost * 100), 0);
  if (cents > Math.round(Number(budgetUsd ?? 0) * 100)) return 'more budget than there is';
  return isWithoutCycle(plan) ? undefined : 'a cycle';
}

function isWithoutCycle(plan: readonly Task[]): boolean {
  const left = new Map(plan.map(({ id, dependsOn = [] }) => [id, new Set(dependsOn)]));
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    const free = [...left].filter(([, needed]) => needed.size === 0).map(([id]) => id);
    for (const id of free) left.delete(id);
    for (const needed of left.values()) for (const id of free) needed.delete(id);
  }
  return left.size === 0;
}
