// Asks for the reason of an action before it is done: kept in the audit, so that nobody has to ask later.
import { type ReactNode, useState } from 'react';
import { HoldButton } from './hold-button.tsx';
import { Icon } from './icon.tsx';
import { Dialog } from './overlay.tsx';
import { ProblemBox } from './tile.tsx';

type Props = {
  title: string;
  /** what happens then */
  children: ReactNode;
  /** the words of the button */
  action: string;
  /** it takes away what was there: held for a second, in red */
  hold?: boolean;
  pending: boolean;
  error?: unknown;
  /** what did not happen, when it fails */
  failed: string;
  onConfirm: (reason: string) => void;
  onClose: () => void;
};

export function ReasonDialog({ title, children, action, hold, pending, error, failed, onConfirm, onClose }: Props) {
  const [reason, setReason] = useState('');
  const given = reason.trim();
  return (
    <Dialog label={title} onClose={onClose}>
      <h2>{title}</h2>
      {children}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (given && !hold && !pending) onConfirm(given);
        }}
      >
        <label className="field">
          <span className="label">Reason, for the audit trail</span>
          <input type="text" value={reason} maxLength={400} onChange={(event) => setReason(event.target.value)} />
        </label>
        {Boolean(error) && <ProblemBox what={failed} error={error} />}
        <div className="dialog-actions">
          <button type="button" onClick={onClose}>
            Leave it
          </button>
          {hold ? (
            <HoldButton
              className="kill"
              label={given ? `Hold one second: ${action}` : 'A reason comes first'}
              onHeld={() => onConfirm(given)}
              disabled={!given || pending}
            >
              <Icon name="retry" /> {pending ? 'Working…' : action}
            </HoldButton>
          ) : (
            <button type="submit" className="primary" disabled={!given || pending}>
              {pending ? 'Working…' : action}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
