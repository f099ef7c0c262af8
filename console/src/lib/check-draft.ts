// Live validation of the submit form: the server's rules, said while one types. The server still has the last word.

export type FieldError = { path: string; expected: string; got?: string };
export type Draft = { text: string; impact: number; urgency: string; budgetUsd: string; plan: unknown };
export type DraftTask = { id: string; title: string; capability: string; dependsOn: string[] };

export const textCharactersMax = 2_000;
const budgetUsdMax = 1_000_000;
const planTasksMax = 1_000;
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

/** What the server would refuse. `capabilities` are those somebody can do; an empty set means they are not known here. */
export function checkDraft(draft: Draft, capabilities: ReadonlySet<string> = new Set()): FieldError[] {
  const errors: FieldError[] = [];
  const text = draft.text.trim();
  if (text === '') errors.push({ path: 'text', expected: 'a sentence that says what to reach', got: 'nothing' });
  if (text.length > textCharactersMax) {
    errors.push({
      path: 'text',
      expected: `at most ${textCharactersMax} characters`,
      got: `${text.length} characters`,
    });
  }
  if (!Number.isInteger(draft.impact) || draft.impact < 1 || draft.impact > 10) {
    errors.push({ path: 'impact', expected: 'a whole number from 1 to 10', got: String(draft.impact) });
  }
  return [...errors, ...checkBudget(draft.budgetUsd), ...checkPlan(draft.plan, capabilities)];
}

function checkBudget(typed: string): FieldError[] {
  if (typed.trim() === '') return [];
  const usd = Number(typed);
  const cents = usd * 100;
  if (usd >= 0 && usd <= budgetUsdMax && Math.abs(cents - Math.round(cents)) < 1e-6) return [];
  return [{ path: 'budgetUsd', expected: 'an amount in dollars and whole cents, up to 1,000,000', got: typed }];
}

/** The faults of an explicit plan; nothing for no plan at all. */
export function checkPlan(plan: unknown, capabilities: ReadonlySet<string> = new Set()): FieldError[] {
  if (plan === undefined || plan === null) return [];
  if (!Array.isArray(plan)) return [{ path: 'plan', expected: 'a list of tasks', got: typeof plan }];
  if (plan.length > planTasksMax)
    return [{ path: 'plan', expected: `at most ${planTasksMax} tasks`, got: `${plan.length}` }];
  const ids = plan.map((task) => (isRecord(task) ? task.id : undefined));
  const known = new Set(ids);
  const errors = plan.flatMap((task, index) => {
    const path = `plan[${index}]`;
    if (!isRecord(task)) return [{ path, expected: 'a task: { id, title, capability, … }', got: shown(task) }];
    const again = typeof task.id === 'string' && ids.indexOf(task.id) < index;
    const twice = again ? [{ path: `${path}.id`, expected: 'an id used only once', got: shown(task.id) }] : [];
    return [...twice, ...checkTask(task, path, known, capabilities)];
  });
  return errors.length > 0 ? errors : checkCycle(planTasks(plan));
}

function checkTask(
  task: Record<string, unknown>,
  path: string,
  known: ReadonlySet<unknown>,
  capabilities: ReadonlySet<string>,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ['id', 'title', 'capability']) {
    const value = task[name];
    if (typeof value !== 'string' || value.trim() === '')
      errors.push({ path: `${path}.${name}`, expected: 'a text', got: shown(value) });
  }
  for (const name of Object.keys(task)) {
    if (!PLAN_FIELDS.includes(name))
      errors.push({ path: `${path}.${name}`, expected: 'no field of this name', got: shown(name) });
  }
  const { capability, parameters, dependsOn = [] } = task;
  if (typeof capability === 'string' && capabilities.size > 0 && !capabilities.has(capability)) {
    errors.push({ path: `${path}.capability`, expected: 'a capability that some agent has', got: shown(capability) });
  }
  if (parameters !== undefined && !isRecord(parameters)) {
    errors.push({ path: `${path}.parameters`, expected: 'named values', got: shown(parameters) });
  }
  if (!Array.isArray(dependsOn))
    return [...errors, { path: `${path}.dependsOn`, expected: 'a list of task ids', got: shown(dependsOn) }];
  dependsOn.forEach((id, n) => {
    if (id === task.id || !known.has(id)) {
      errors.push({ path: `${path}.dependsOn[${n}]`, expected: 'the id of another task of this plan', got: shown(id) });
    }
  });
  return errors;
}

/** Takes away tasks that wait for nothing until none is left; what stays waits in a circle. */
function checkCycle(tasks: readonly DraftTask[]): FieldError[] {
  let left = [...tasks];
  for (;;) {
    const waiting = new Set(left.map((task) => task.id));
    const next = left.filter((task) => task.dependsOn.some((id) => waiting.has(id)));
    if (next.length === 0) return [];
    if (next.length === left.length) {
      return [
        {
          path: 'plan',
          expected: 'tasks that do not wait for each other in a circle',
          got: next
            .map((task) => task.id)
            .slice(0, 6)
            .join(' → '),
        },
      ];
    }
    left = next;
  }
}

/** The tasks of a plan that passed checkPlan, for the preview. */
export function planTasks(plan: unknown): DraftTask[] {
  if (!Array.isArray(plan)) return [];
  return plan.filter(isRecord).map(({ id, title, capability, dependsOn }) => ({
    id: String(id),
    title: String(title),
    capability: String(capability),
    dependsOn: Array.isArray(dependsOn) ? dependsOn.map(String) : [],
  }));
}

/** Which field of the form a path of the server belongs to: `plan[2].dependsOn[0]` → `plan`; elsewhere '' . */
export function fieldOf(path: string): string {
  const field = path.split(/[.[]/)[0] ?? '';
  return ['text', 'impact', 'urgency', 'budgetUsd', 'inputs', 'plan'].includes(field) ? field : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
