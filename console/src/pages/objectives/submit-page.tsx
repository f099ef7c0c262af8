// Submitting an objective: a form that checks while one types and hands in files, and then goes to the objective.
import '../../styles/submit.css';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useMemo, useRef, useState } from 'react';
import { parse } from 'yaml';
import { ApiProblem, api, type NewObjective } from '../../api.ts';
import { checkDraft, type Draft, type FieldError, fieldOf } from '../../lib/check-draft.ts';
import { newKey } from '../../lib/new-key.ts';
import { Icon } from '../../parts/icon.tsx';
import { say } from '../../parts/notices.tsx';
import { PageHead } from '../../parts/tile.tsx';
import { queryClient, useAgents, usePagedItems } from '../../queries.ts';
import { goTo, Link } from '../../router.tsx';
import { BudgetField, ImpactField, TextField, UrgencyField } from './fields.tsx';
import { checkInputs, Files, type Picked, toInput } from './files.tsx';
import { PlanField } from './plan-field.tsx';

type Typed = { text: string; impact: number; urgency: string; budgetUsd: string; planText: string; files: Picked[] };
const blank: Typed = { text: '', impact: 5, urgency: 'days', budgetUsd: '', planText: '', files: [] };

export default function SubmitPage() {
  const [typed, setTyped] = useState(blank);
  const [tried, setTried] = useState(false);
  const agents = usePagedItems(useAgents()).items;
  const capabilities = useMemo(() => new Set(agents.flatMap((agent) => agent.capabilities)), [agents]);
  const plan = useMemo(() => readPlan(typed.planText), [typed.planText]);
  const local = useMemo(() => findFaults(typed, plan, capabilities), [typed, plan, capabilities]);
  const submit = useSubmit();
  const refused = submit.error instanceof ApiProblem ? submit.error : undefined;
  const change = (part: Partial<Typed>): void => {
    setTyped((now) => ({ ...now, ...part }));
    submit.reset();
  };
  const faults = (field: string): FieldError[] => {
    const own = local.filter((error) => fieldOf(error.path) === field && (tried || error.got !== 'nothing'));
    return own.length > 0 ? own : (refused?.errors.filter((error) => fieldOf(error.path) === field) ?? []);
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (local.length === 0) submit.mutate({ typed, plan: plan.value });
  };
  return (
    <>
      <PageHead title="Submit an objective" />
      <form className="submit" onSubmit={send} noValidate>
        <TextField value={typed.text} faults={faults('text')} onChange={(text) => change({ text })} />
        <div className="field-row">
          <ImpactField value={typed.impact} faults={faults('impact')} onChange={(impact) => change({ impact })} />
          <UrgencyField value={typed.urgency} faults={faults('urgency')} onChange={(urgency) => change({ urgency })} />
          <BudgetField
            value={typed.budgetUsd}
            faults={faults('budgetUsd')}
            onChange={(budgetUsd) => change({ budgetUsd })}
          />
        </div>
        <Files files={typed.files} faults={faults('inputs')} onChange={(files) => change({ files })} />
        <PlanField
          text={typed.planText}
          plan={plan.value}
          faults={faults('plan')}
          onChange={(planText) => change({ planText })}
        />
        <Refusal problem={submit.error} />
        <div className="submit-actions">
          <button type="submit" className="primary" disabled={submit.isPending}>
            {submit.isPending ? 'Submitting…' : 'Submit objective'}
          </button>
          <Link className="button ghost" href="/objectives">
            Cancel
          </Link>
          {tried && local.length > 0 && (
            <span className="field-problem">
              {local.length === 1 ? 'One field needs a look' : `${local.length} things need a look`}
            </span>
          )}
        </div>
      </form>
    </>
  );
}

/** What the server refused and no field shows. */
function Refusal({ problem }: { problem: unknown }) {
  if (!problem) return null;
  const errors = problem instanceof ApiProblem ? problem.errors.filter((error) => fieldOf(error.path) === '') : [];
  return (
    <div className="problem" role="alert">
      <Icon name="alert" />
      <div>
        <p className="problem-title">Not submitted</p>
        <p>{problem instanceof Error ? problem.message : String(problem)}</p>
        {errors.map((error) => (
          <p key={error.path}>
            <code>{error.path}</code> expected {error.expected}
            {error.got && <> · got {error.got}</>}
          </p>
        ))}
        {problem instanceof ApiProblem && (
          <p className="muted mono">
            Code {problem.code}
            {problem.requestId && ` · request ${problem.requestId}`}
          </p>
        )}
      </div>
    </div>
  );
}

type ReadPlan = { value: unknown; fault?: FieldError };

/** YAML, and so JSON too; a whole objective file may be pasted, of which the plan is taken. */
function readPlan(text: string): ReadPlan {
  if (text.trim() === '') return { value: undefined };
  try {
    const value: unknown = parse(text);
    const inner =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).find(([name]) => name === 'plan')
        : undefined;
    return { value: inner ? inner[1] : value };
  } catch (error) {
    const line = String((error as Error).message).split('\n')[0];
    return { value: undefined, fault: { path: 'plan', expected: 'YAML or JSON', got: line } };
  }
}

function findFaults(typed: Typed, plan: ReadPlan, capabilities: ReadonlySet<string>): FieldError[] {
  if (plan.fault) return [...checkDraft({ ...typed, plan: undefined }), plan.fault, ...checkInputs(typed.files)];
  const draft: Draft = { ...typed, plan: plan.value };
  return [...checkDraft(draft, capabilities), ...checkInputs(typed.files)];
}

/** One key for one content: sending the same again after a lost answer cannot make two objectives. */
function useSubmit() {
  const sent = useRef({ body: '', key: '' });
  return useMutation({
    mutationFn: async ({ typed, plan }: { typed: Typed; plan: unknown }) => {
      const body: NewObjective = { text: typed.text.trim(), impact: typed.impact, urgency: typed.urgency };
      if (typed.budgetUsd.trim()) body.budgetUsd = Number(typed.budgetUsd);
      if (typed.files.length > 0) body.inputs = await Promise.all(typed.files.map(toInput));
      if (Array.isArray(plan) && plan.length > 0) body.plan = plan;
      const text = JSON.stringify(body);
      if (sent.current.body !== text) sent.current = { body: text, key: newKey() };
      return api.submit(body, sent.current.key);
    },
    onSuccess: ({ objectiveId }) => {
      say({ tone: 'good', text: 'Objective submitted' });
      void queryClient.invalidateQueries();
      goTo({ page: 'objective', id: objectiveId });
    },
  });
}
