// Lets somebody in: a name, roles, how long; then the token, shown this once.
import { type FormEvent, useState } from 'react';
import { copyText } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Dialog } from '../../parts/overlay.tsx';
import { ProblemBox } from '../../parts/tile.tsx';
import { useAction } from '../../queries.ts';
import { type Issued, type NewPrincipal, settingsApi } from '../../settings-api.ts';

const ROLES: [role: string, may: string][] = [
  ['viewer', 'reads'],
  ['operator', 'hands in and steers work'],
  ['approver', 'decides as a person'],
  ['captain', 'resumes, vetoes, changes policies and people'],
  ['auditor', 'reads the audit'],
];
const daysMost = 365;

export function LetInDialog({ onClose }: { onClose: () => void }) {
  const [issued, setIssued] = useState<Issued>();
  return (
    <Dialog label="Let somebody in" onClose={onClose}>
      {issued ? <Token issued={issued} onClose={onClose} /> : <Form onIssued={setIssued} onClose={onClose} />}
    </Dialog>
  );
}

function Form({ onIssued, onClose }: { onIssued: (issued: Issued) => void; onClose: () => void }) {
  const [title, setTitle] = useState('');
  const [roles, setRoles] = useState<string[]>(['viewer']);
  const [days, setDays] = useState('90');
  const expiresInDays = Number(days);
  const daysValid = Number.isInteger(expiresInDays) && expiresInDays >= 1 && expiresInDays <= daysMost;
  const letIn = useAction(
    async (wanted: NewPrincipal) => onIssued(await settingsApi.letIn(wanted)),
    () => 'The token is shown once',
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (title.trim() && roles.length > 0 && daysValid) letIn.mutate({ title: title.trim(), roles, expiresInDays });
  };
  const toggle = (role: string): void =>
    setRoles(roles.includes(role) ? roles.filter((each) => each !== role) : [...roles, role]);
  return (
    <form onSubmit={submit}>
      <h2>Let somebody in</h2>
      <label className="field">
        <span className="label">Who</span>
        <input type="text" value={title} maxLength={80} onChange={(event) => setTitle(event.target.value)} />
      </label>
      <fieldset className="field">
        <legend className="label">May</legend>
        {ROLES.map(([role, may]) => (
          <label key={role} className="role">
            <input type="checkbox" checked={roles.includes(role)} onChange={() => toggle(role)} />
            <span>
              {role} <span className="muted">{may}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label className="field">
        <span className="label">
          Ends after days <span className="hint">1–{daysMost}</span>
        </span>
        <input
          type="text"
          inputMode="numeric"
          className="num"
          value={days}
          aria-invalid={!daysValid}
          onChange={(event) => setDays(event.target.value)}
        />
      </label>
      {letIn.error && <ProblemBox what="Nobody was let in" error={letIn.error} />}
      <div className="dialog-actions">
        <button type="button" onClick={onClose}>
          Leave it
        </button>
        <button
          type="submit"
          className="primary"
          disabled={!title.trim() || roles.length === 0 || !daysValid || letIn.isPending}
        >
          {letIn.isPending ? 'Working…' : 'Create the token'}
        </button>
      </div>
    </form>
  );
}

function Token({ issued: { title, token }, onClose }: { issued: Issued; onClose: () => void }) {
  return (
    <>
      <h2>The token of {title}</h2>
      <p>It is shown this once: only its digest is kept. Hand it over on a way that nobody else reads.</p>
      <p className="token mono">{token}</p>
      <div className="dialog-actions">
        <button type="button" onClick={() => void copyText(token, 'the token')}>
          <Icon name="copy" /> Copy
        </button>
        <button type="button" className="primary" onClick={onClose}>
          I have it
        </button>
      </div>
    </>
  );
}
