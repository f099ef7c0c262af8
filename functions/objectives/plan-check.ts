// Judges a plan before anything is stored: shape, task graph, capabilities, parameters and budget. Pure.
import { type Capability, misfits } from '../common/capability.ts';
import { centsOf } from '../common/money.ts';
import { type FieldProblem, listed, pathText, problemsOf, shown } from '../common/problem.ts';
import { findCycle, layersOf } from './graph.ts';
import { nearest } from './nearest.ts';
import { Plan, type PlanTask, planTasksMax } from './plan.ts';
import { oversized } from './plan-size.ts';

const GUESSES_MAX = 5;
const CYCLE_SHOWN_MAX = 10;

export type PlanLimits = {
  capabilities: ReadonlyMap<string, Capability>;
  /** what the objective may spend on operation */
  budgetUsd: number;
  tasksMax?: number;
  /** the longest an agent may take for one attempt; a built-in agent is a Lambda and ends at 900 s */
  timeoutSecondsMax?: number;
};

/** What the plan may cost at most: every attempt used up and every attempt as long as allowed. */
export type WorstCase = {
  tasks: number;
  attempts: number;
  budgetCents: number;
  agentSeconds: number;
  durationSeconds: number;
};

export type PlanVerdict =
  | { ok: true; plan: Plan; layers: string[][]; worstCase: WorstCase }
  | { ok: false; problems: FieldProblem[] };

/**
 * A plan is accepted whole or refused with everything that is wrong with it, each problem with its path
 * (`plan[2].dependsOn[0]`). `layers` are task ids in the plan's order; each depends on earlier layers only.
 */
export function checkPlan(candidate: unknown, limits: PlanLimits): PlanVerdict {
  const parsed = Plan.safeParse(candidate);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error.issues, candidate, ['plan']) };
  const plan = parsed.data;
  const hint = guessing();
  const problems = [
    ...sizeProblems(plan, limits),
    ...idProblems(plan),
    ...dependencyProblems(plan, hint),
    ...plan.flatMap((task, index) => capabilityProblems(task, index, limits, hint)),
    ...plan.flatMap((task, index) => timeoutProblems(task, index, limits)),
    ...budgetProblems(plan, limits),
  ];
  if (problems.length > 0) return { ok: false, problems: listed(problems) };
  const tooLarge = oversized(plan);
  if (tooLarge.length > 0) return { ok: false, problems: tooLarge };
  return { ok: true, plan, layers: layersOf(plan), worstCase: worstCaseOf(plan, limits.capabilities) };
}

function sizeProblems(plan: Plan, { tasksMax = planTasksMax }: PlanLimits): FieldProblem[] {
  return plan.length > tasksMax ? [{ path: 'plan', expected: `at most ${tasksMax} tasks`, got: `${plan.length}` }] : [];
}

function idProblems(plan: Plan): FieldProblem[] {
  const firstUses = new Map<string, number>();
  return plan.flatMap(({ id }, index) => {
    const first = firstUses.get(id);
    if (first === undefined) firstUses.set(id, index);
    return first === undefined ? [] : [problem([index, 'id'], `an id of its own (plan[${first}] has it already)`, id)];
  });
}

function dependencyProblems(plan: Plan, hint: Hint): FieldProblem[] {
  const ids = new Set(plan.map(({ id }) => id));
  const links = plan.flatMap(({ id, dependsOn }, index) =>
    dependsOn.flatMap((needed, position) => {
      const path = [index, 'dependsOn', position];
      if (needed === id) return [problem(path, 'another task than itself', needed)];
      if (!ids.has(needed)) return [problem(path, `the id of a task of this plan${hint(needed, ids)}`, needed)];
      if (dependsOn.indexOf(needed) < position) return [problem(path, 'each dependency only once', needed)];
      return [];
    }),
  );
  const cycle = links.length > 0 || ids.size < plan.length ? undefined : findCycle(plan);
  return cycle ? [...links, cycleProblem(plan, cycle)] : links;
}

function cycleProblem(plan: Plan, cycle: string[]): FieldProblem {
  const index = plan.findIndex(({ id }) => id === cycle[0]);
  const position = plan[index]!.dependsOn.indexOf(cycle[1]!);
  const path = pathText(['plan', index, 'dependsOn', position]);
  const named = cycle.length > CYCLE_SHOWN_MAX ? [...cycle.slice(0, CYCLE_SHOWN_MAX - 1), '…', cycle[0]] : cycle;
  return { path, expected: 'no cycle of tasks that wait for each other', got: named.join(' waits for ') };
}

function capabilityProblems(task: PlanTask, index: number, { capabilities }: PlanLimits, hint: Hint): FieldProblem[] {
  const capability = capabilities.get(task.capability);
  if (!capability) {
    return [
      problem(
        [index, 'capability'],
        `a capability that exists${hint(task.capability, capabilities.keys())}`,
        task.capability,
      ),
    ];
  }
  return misfits(capability.parameters, task.parameters, ['plan', index, 'parameters']);
}

function timeoutProblems(task: PlanTask, index: number, { timeoutSecondsMax = 900 }: PlanLimits): FieldProblem[] {
  const { timeoutSeconds = 0 } = task;
  return timeoutSeconds > timeoutSecondsMax
    ? [problem([index, 'timeoutSeconds'], `at most ${timeoutSecondsMax} seconds`, timeoutSeconds)]
    : [];
}

function budgetProblems(plan: Plan, { budgetUsd }: PlanLimits): FieldProblem[] {
  const plannedCents = plannedCentsOf(plan);
  if (plannedCents <= centsOf(budgetUsd)) return [];
  return [
    { path: 'plan', expected: `task budgets of at most ${budgetUsd} USD in all`, got: `${plannedCents / 100} USD` },
  ];
}

function worstCaseOf(plan: Plan, capabilities: PlanLimits['capabilities']): WorstCase {
  const finishSeconds = new Map<string, number>();
  let attempts = 0;
  let agentSeconds = 0;
  for (const task of inOrder(plan)) {
    const capability = capabilities.get(task.capability)!;
    const tries = task.maxAttempts ?? capability.maxAttempts;
    const seconds = tries * (task.timeoutSeconds ?? capability.timeoutSeconds);
    const startSeconds = Math.max(0, ...task.dependsOn.map((id) => finishSeconds.get(id)!));
    finishSeconds.set(task.id, startSeconds + seconds);
    attempts += tries;
    agentSeconds += seconds;
  }
  const durationSeconds = Math.max(...finishSeconds.values());
  return { tasks: plan.length, attempts, budgetCents: plannedCentsOf(plan), agentSeconds, durationSeconds };
}

function inOrder(plan: Plan): PlanTask[] {
  const tasks = new Map(plan.map((task) => [task.id, task]));
  return layersOf(plan).flatMap((layer) => layer.map((id) => tasks.get(id)!));
}

const plannedCentsOf = (plan: Plan): number => plan.reduce((cents, { budgetUsd = 0 }) => cents + centsOf(budgetUsd), 0);

const problem = (path: PropertyKey[], expected: string, got: unknown): FieldProblem => ({
  path: pathText(['plan', ...path]),
  expected,
  got: shown(got),
});

type Hint = (name: string, known: Iterable<string>) => string;

/** A guess looks at every name there is: in a plan that is full of wrong ones only the first get one. */
function guessing(): Hint {
  let left = GUESSES_MAX;
  return (name, known) => {
    left -= 1;
    const guess = left < 0 ? undefined : nearest(name, known);
    return guess === undefined ? '' : ` (did you mean ${guess}?)`;
  };
}
