// An explicit plan, typed or pasted as YAML or JSON, with what the console understood of it.
import { useId, useMemo, useState } from 'react';
import { type FieldError, planTasks } from '../../lib/check-draft.ts';
import { plural } from '../../lib/format.ts';
import { layoutLayers } from '../../lib/layers.ts';
import { Icon } from '../../parts/icon.tsx';
import { Faults } from './fields.tsx';

const sample = `- { id: read, title: Read the feedback, capability: feedback.read, parameters: { input: feedback } }
- { id: report, title: Write the report, capability: report.write, dependsOn: [read] }`;

export function PlanField({
  text,
  plan,
  faults,
  onChange,
}: {
  text: string;
  plan: unknown;
  faults: FieldError[];
  onChange: (text: string) => void;
}) {
  const [open, setOpen] = useState(false);
  const id = useId();
  if (!open && text === '') {
    return (
      <button type="button" className="ghost align-start" onClick={() => setOpen(true)}>
        <Icon name="plus" /> Add an explicit plan
      </button>
    );
  }
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        Plan <span className="hint">YAML or JSON, used instead of planning; empty means: plan it</span>
      </label>
      <textarea
        id={id}
        className="mono"
        rows={Math.min(24, Math.max(6, text.split('\n').length + 1))}
        value={text}
        spellCheck={false}
        placeholder={sample}
        aria-invalid={faults.length > 0}
        aria-describedby={`${id}-faults`}
        onChange={(event) => onChange(event.target.value)}
      />
      <Faults id={`${id}-faults`} faults={faults} />
      {faults.length === 0 && <Preview plan={plan} />}
    </div>
  );
}

/** The layers of a plan that passed the check. */
function Preview({ plan }: { plan: unknown }) {
  const { tasks, layers } = useMemo(() => {
    const list = planTasks(plan);
    return { tasks: new Map(list.map((task) => [task.id, task])), layers: layoutLayers(list).layers };
  }, [plan]);
  if (tasks.size === 0) return null;
  return (
    <div className="plan-preview">
      <p className="state tone-green">
        <Icon name="check" size={14} /> {plural(tasks.size, 'task')} in {plural(layers.length, 'layer')}
      </p>
      <ol>
        {layers.slice(0, 12).map((ids, n) => (
          <li key={ids[0]}>
            <span className="muted num">{n + 1}</span>
            <span>
              {ids
                .slice(0, 8)
                .map((taskId) => tasks.get(taskId)?.title)
                .join(' · ')}
              {ids.length > 8 && ` and ${ids.length - 8} more`}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
