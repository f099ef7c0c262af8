// Ten objectives of every kind that the runtime carries out, each with what has to become of it.
import { feedbackCsv } from '../journeys/feedback.ts';
import { type PlanTask, task } from '../journeys/plans.ts';
import type { Chance } from './random.ts';

export type Wanted = {
  name: string;
  status: 'succeeded' | 'failed';
  objective: { text: string } & Record<string, unknown>;
};
type Tasks = (PlanTask & { resources?: string[]; maxAttempts?: number })[];

/** The same chance makes the same ten. */
export function tenObjectives(chance: Chance): Wanted[] {
  const delay = () => ({ delayMs: chance.below(400) });
  return [
    withPlan('chain', chain(4, delay)),
    withPlan(
      'chain with a pause',
      chain(3, () => ({ delayMs: 300 + chance.below(700) })),
    ),
    withPlan('diamond', diamond(delay)),
    withPlan('two diamonds', [...diamond(delay, 'a'), ...diamond(delay, 'b')]),
    withPlan('two pages of tasks', fan(30, delay)),
    fromText('report on feedback', { rows: 40, seed: 1 + chance.below(1_000) }),
    fromText('another report', { rows: 60, seed: 1 + chance.below(1_000) }),
    withPlan('one lock', locked(['shop/prices'], delay)),
    withPlan('two locks', locked(['shop/prices', 'shop/stock'], delay)),
    withPlan('drill', drills(chance)),
  ];
}

function withPlan(name: string, plan: Tasks, status: Wanted['status'] = 'succeeded'): Wanted {
  return { name, status, objective: { text: `Practise: ${name}`, impact: 5, plan } };
}

function fromText(name: string, wish: { rows: number; seed: number }): Wanted {
  const inputs = [{ name: 'feedback.csv', mediaType: 'text/csv', content: feedbackCsv(wish) }];
  return { name, status: 'succeeded', objective: { text: 'Raise our net promoter score', impact: 7, inputs } };
}

type Parameters = () => object;

const chain = (length: number, parameters: Parameters): Tasks =>
  Array.from({ length }, (_, n) =>
    task(`c${n}`, 'noop', { ...parameters(), note: `c${n}` }, n > 0 ? [`c${n - 1}`] : []),
  );

const diamond = (parameters: Parameters, prefix = ''): Tasks => [
  task(`${prefix}top`, 'noop', parameters()),
  task(`${prefix}left`, 'noop', parameters(), [`${prefix}top`]),
  task(`${prefix}right`, 'noop', parameters(), [`${prefix}top`]),
  task(`${prefix}bottom`, 'noop', parameters(), [`${prefix}left`, `${prefix}right`]),
];

/** One task, many that wait for it, and one that waits for them all. */
function fan(size: number, parameters: Parameters): Tasks {
  const middle = Array.from({ length: size - 2 }, (_, n) => task(`m${n}`, 'noop', parameters(), ['first']));
  return [
    task('first', 'noop', parameters()),
    ...middle,
    task(
      'last',
      'noop',
      parameters(),
      middle.map(({ id }) => id),
    ),
  ];
}

/** Four that could run at once if they did not all need the same. */
const locked = (resources: string[], parameters: Parameters): Tasks =>
  Array.from({ length: 4 }, (_, n) => ({ ...task(`l${n}`, 'noop', parameters()), resources }));

/** Attempts that fail in ways that another attempt repairs, and a task that waits for all of them. */
function drills(chance: Chance): Tasks {
  const modes = ['transient', 'throw', 'exit', 'garbage'];
  const failing = modes.map((mode) => ({
    ...task(mode, 'drill.misbehave', { mode, share: 0.1 + chance.below(25) / 100 }),
    maxAttempts: 10,
  }));
  return [...failing, task('after', 'noop', {}, modes)];
}
