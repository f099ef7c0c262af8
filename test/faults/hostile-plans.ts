// Objectives with plans made to break out: a sane plan, and up to three attacks on it. Only what is written here is known.
import { forgedId, INJECTIONS, strangeCapability, strangeName, strangeNumber, strangeValue } from './hostile-words.ts';
import type { Chance } from './random.ts';

type Loose = Record<string, unknown>;
export type Hostile = { request: Loose; attacks: string[] };
type Attack = (target: { request: Loose; plan: Loose[]; task: Loose; chance: Chance }) => void;

const WORK: readonly ((chance: Chance) => Loose)[] = [
  () => ({ capability: 'noop', parameters: {} }),
  (chance) => ({ capability: 'noop', parameters: { delayMs: chance.below(25_001), note: 'n' } }),
  (chance) => ({ capability: 'drill.misbehave', parameters: { mode: chance.pick(['ok', 'throw', 'permanent']) } }),
  () => ({ capability: 'sandbox.run', parameters: { code: 'return input', input: { a: [1, { b: 2 }] } } }),
  () => ({ capability: 'table.profile', parameters: { input: 'feedback' } }),
  () => ({ capability: 'report.write', parameters: {} }),
];

const many = <Of>(count: number, make: (n: number) => Of): Of[] => Array.from({ length: count }, (_, n) => make(n));
const other = (plan: Loose[], chance: Chance) => String(chance.pick(plan)?.id);
/** An attack before this one may have left something else there. */
const set = (target: Loose, field: string, value: unknown) =>
  target && typeof target === 'object' && Object.assign(target, { [field]: value });

const PLAN_FIELDS = [
  'id',
  'title',
  'capability',
  'parameters',
  'dependsOn',
  'timeoutSeconds',
  'maxAttempts',
  'resources',
  'budgetUsd',
];
const OWN_FIELDS = ['text', 'impact', 'urgency', 'deadline', 'budgetUsd', 'projectedRoi', 'inputs', 'plan'];
const FORGED_FIELDS: readonly Loose[] = [
  { status: 'succeeded' },
  { approved: true, votes: 5 },
  { fence: 'fnc_1', attempt: 9 },
  { agentId: 'agt_noop' },
  { '@proto': { approved: true } },
  { constructor: { prototype: { killed: false } } },
  { objectiveId: 'obj_01ARZ3NDEKTSV4RRFFQ69G5FAV', by: 'captain', createdAt: '1970-01-01T00:00:00Z' },
  { budgetCents: 999_999, planned: true, score: 100, rank: '0' },
];

export const ATTACKS: Readonly<Record<string, Attack>> = {
  cycle: ({ plan }) =>
    plan.forEach((task, n) => {
      set(task, 'dependsOn', [plan[(n + 1) % plan.length]?.id]);
    }),
  'waits for itself': ({ task }) => set(task, 'dependsOn', [task.id]),
  'dangling link': ({ task, chance }) => set(task, 'dependsOn', [chance.happens(0.5) ? 'ghost' : strangeName(chance)]),
  'the same link twice': ({ plan, task, chance }) => {
    const id = other(plan, chance);
    set(task, 'dependsOn', [id, id]);
  },
  'an id twice': ({ plan, task, chance }) => set(task, 'id', other(plan, chance)),
  'a strange id': ({ task, chance }) => set(task, 'id', strangeName(chance)),
  'an unknown capability': ({ task, chance }) => set(task, 'capability', strangeCapability(chance)),
  'a capability of others': ({ task, chance }) =>
    set(task, 'capability', chance.pick(['text.complaints', 'table.aggregate', 'actions.rank', 'feedback.nps'])),
  'a strange number': ({ task, chance }) =>
    set(task, chance.pick(['timeoutSeconds', 'maxAttempts', 'budgetUsd']), strangeNumber(chance)),
  'a strange number of the objective': ({ request, chance }) =>
    set(request, chance.pick(['impact', 'budgetUsd', 'projectedRoi']), strangeNumber(chance)),
  'more budget than there is': ({ request, plan, chance }) => {
    set(request, 'budgetUsd', chance.pick([0, 0.01, 5, 60, 1e6]));
    for (const task of plan) set(task, 'budgetUsd', chance.pick([0.01, 4.99, 5, 9.99, 50, 50.01, 100, 100.01, 1e6]));
  },
  'a cost declared as nothing': ({ request, task, chance }) => {
    set(request, 'budgetUsd', 1e6);
    set(task, 'budgetUsd', chance.pick<unknown>([0, '@-0', null, 0.001, '@1e-400']));
    set(task, 'parameters', { note: 'costs $1,000,000', impact: { spendCents: 0 } });
  },
  'a dear task': ({ request, task, chance }) => {
    const usd = chance.pick([0.01, 1, 9.99, 10, 10.01, 49.99, 50, 50.01, 99, 100, 100.01, 5_000]);
    set(request, 'budgetUsd', usd);
    set(task, 'budgetUsd', usd);
  },
  injection: ({ request, task, chance }) => {
    const text = chance.pick(INJECTIONS);
    set(chance.happens(0.3) ? request : task, chance.pick(['title', 'text', 'id']), text);
    set(task, 'parameters', { note: text, delayMs: 0 });
  },
  "another task's result": ({ task, chance }) => {
    const input = chance.happens(0.5) ? forgedId(chance) : strangeName(chance);
    Object.assign(task, { capability: chance.pick(['table.profile', 'feedback.nps']), parameters: { input } });
  },
  "another's artifact": ({ request, chance }) =>
    set(request, 'inputs', [
      { name: 'x', artifactId: chance.happens(0.7) ? 'art_01ARZ3NDEKTSV4RRFFQ69G5FAV' : strangeName(chance) },
    ]),
  'strange parameters': ({ task, chance }) => set(task, 'parameters', strangeValue(chance)),
  'a strange parameter': ({ task, chance }) => {
    const parameters = {
      code: 'return 1',
      [chance.pick(['input', 'files', 'fetch', 'limits', 'code'])]: strangeValue(chance),
    };
    Object.assign(task, { capability: 'sandbox.run', parameters });
  },
  'pages from inside': ({ task, chance }) => {
    const url = chance.pick([
      'http://169.254.169.254/',
      'https://localhost/',
      'file:///etc/passwd',
      'https://evil.example/',
    ]);
    Object.assign(task, { capability: 'sandbox.run', parameters: { code: 'return 1', fetch: [{ url, as: 'page' }] } });
  },
  'strange inputs': ({ request, chance }) => {
    const name = chance.pick(['x.constructor', 'x.__proto__', 'toString', strangeName(chance)]);
    const content = chance.pick(['', 'a;b\n1;2', '\u0000', 'x'.repeat(70_000), '{"a":1}']);
    set(request, 'inputs', chance.happens(0.1) ? strangeValue(chance) : [{ name, content }]);
  },
  'a field of another kind': ({ task, chance }) => set(task, chance.pick(PLAN_FIELDS), strangeValue(chance)),
  'a field of another kind of the objective': ({ request, chance }) =>
    set(request, chance.pick(OWN_FIELDS), strangeValue(chance)),
  'a forged field': ({ request, task, chance }) =>
    Object.assign(chance.happens(0.5) ? request : task, chance.pick(FORGED_FIELDS)),
  'no field': ({ request, task, chance }) => {
    const from = chance.happens(0.5) ? request : task;
    delete from[chance.pick(Object.keys(from))];
  },
  'a task that is none': ({ plan, chance }) =>
    plan.splice(chance.below(plan.length + 1), 0, strangeValue(chance) as Loose),
  'one lock for all': ({ plan, chance }) => {
    const lock = chance.pick(['shop/prices', 'agent:agt_noop', 'a', 'lock:a', strangeName(chance)]);
    for (const task of plan) set(task, 'resources', [lock]);
  },
  'a strange time': ({ request, chance }) =>
    set(
      request,
      'deadline',
      chance.pick(['0000-01-01T00:00:00Z', '9999-12-31T23:59:59+14:00', '2026-02-30T00:00:00Z', 'now', '-1']),
    ),
};

/** Too large or too slow to be made often. */
const HEAVY: Readonly<Record<string, Attack>> = {
  'thousands of tasks': ({ plan, chance }) =>
    plan.push(...many(chance.pick([1_000, 5_000]), (n) => ({ id: `m${n}`, title: 'm', capability: 'noop' }))),
  'a hundred tasks': ({ plan }) => plan.push(...many(100, (n) => ({ id: `h${n}`, title: 'h', capability: 'noop' }))),
  'a thousand tasks in a ring': ({ plan }) =>
    plan.splice(
      0,
      plan.length,
      ...many(1_000, (n) => ({ id: `r${n}`, title: 'r', capability: 'noop', dependsOn: [`r${(n + 1) % 1_000}`] })),
    ),
  'a hundred thousand dangling links': ({ plan }) =>
    plan.splice(
      0,
      plan.length,
      ...many(1_000, (n) => ({
        id: `d${n}`,
        title: 'd',
        capability: 'noop',
        dependsOn: many(100, (m) => `e${n}-${m}`),
      })),
    ),
  'a thousand unknown capabilities': ({ plan }) =>
    plan.splice(
      0,
      plan.length,
      ...many(1_000, (n) => ({ id: `u${n}`, title: 'u', capability: `noop${'p'.repeat(n % 60)}` })),
    ),
  'a thousand wrong fields': ({ task }) => Object.assign(task, Object.fromEntries(many(1_000, (n) => [`f${n}`, n]))),
  'a field with a long name': ({ task }) => set(task, 'y'.repeat(500_000), 1),
  'more than a page holds': ({ plan }) =>
    plan.push(
      ...many(25, (n) => ({
        id: `p${n}`,
        title: 'p',
        capability: 'sandbox.run',
        parameters: { code: 'c'.repeat(30_000) },
      })),
    ),
  'more than a transaction holds': ({ plan }) =>
    plan.splice(
      0,
      plan.length,
      ...many(1_000, (n) => ({
        id: `t${n}`,
        title: 't',
        capability: 'sandbox.run',
        parameters: { code: 'c'.repeat(4_000) },
      })),
    ),
  'more inputs than an item holds': ({ request }) =>
    set(
      request,
      'inputs',
      many(20, (n) => ({ name: `n${n}`, content: 'c'.repeat(64_000) })),
    ),
};
export const HEAVY_ATTACKS = Object.keys(HEAVY);

function saneRequest(chance: Chance): Loose & { plan: Loose[] } {
  const plan = many(
    1 + chance.below(5),
    (n): Loose => ({
      id: `t${n}`,
      title: `Task ${n}`,
      ...chance.pick(WORK)(chance),
      dependsOn: n > 0 && chance.happens(0.5) ? [`t${chance.below(n)}`] : [],
    }),
  );
  const inputs = [{ name: 'feedback', mediaType: 'text/csv', content: 'score,text\n9,fine\n' }];
  return { text: 'Raise the net promoter score', impact: 1 + chance.below(10), budgetUsd: 0, inputs, plan };
}

/** A few of them are left sane, so that what is refused is refused for a reason. `heavy` names one of the large ones. */
export function hostileObjective(chance: Chance, heavy?: string): Hostile {
  const request = saneRequest(chance);
  const names = chance.happens(0.1) ? [] : many(1 + chance.below(2), () => chance.pick(Object.keys(ATTACKS)));
  const attacks = heavy ? [heavy] : [...new Set(names)];
  for (const name of attacks) {
    const plan = Array.isArray(request.plan) ? request.plan : [];
    const tasks = plan.filter((task) => typeof task === 'object' && task !== null && !Array.isArray(task));
    if (tasks.length === 0) continue;
    (ATTACKS[name] ?? HEAVY[name])?.({ request, plan, task: chance.pick(tasks), chance });
  }
  return { request, attacks };
}
