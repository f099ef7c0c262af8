// A person puts an objective further up or down the queue.
import { type FormEvent, useState } from 'react';
import { api, type Objective } from '../../api.ts';
import { Dialog } from '../../parts/overlay.tsx';
import { useAction } from '../../queries.ts';

export function PriorityDialog({ objective, onClose }: { objective: Objective; onClose: () => void }) {
  const [score, setScore] = useState(String(objective.priority.score));
  const value = Number(score);
  const valid = score.trim() !== '' && value >= 0 && value <= 100;
  const change = useAction(
    (next: number) => api.setPriority(objective.objectiveId, next),
    (next) => `Priority set to ${next}`,
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (valid) change.mutate(value, { onSuccess: onClose });
  };
  return (
    <Dialog label="Change priority" onClose={onClose}>
      <form onSubmit={submit}>
        <h2>Change priority</h2>
        <p>The queue is served by priority, the highest first. Why it is {objective.priority.score} now:</p>
        <ul className="reasons">
          {objective.priority.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
        <label className="field">
          <span className="label">
            New priority <span className="hint">0–100</span>
          </span>
          <input
            type="text"
            inputMode="decimal"
            className="num"
            value={score}
            aria-invalid={!valid}
            onChange={(event) => setScore(event.target.value)}
          />
        </label>
        <div className="dialog-actions">
          <button type="button" onClick={onClose}>
            Leave it
          </button>
          <button type="submit" className="primary" disabled={!valid || change.isPending}>
            Set priority
          </button>
        </div>
      </form>
    </Dialog>
  );
}
