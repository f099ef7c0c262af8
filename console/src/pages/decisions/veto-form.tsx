// The captain's veto: held for a second, with a reason; it says what it will do before it is done.
import { useState } from 'react';
import { Id } from '../../parts/copy.tsx';
import { HoldButton } from '../../parts/hold-button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { ProblemBox } from '../../parts/tile.tsx';
import { useAction, useStatus } from '../../queries.ts';
import { type Decision, safetyApi } from '../../safety-api.ts';

const leastReason = 3;
const BECAME: Record<string, string> = {
  denied: 'was denied before it began',
  fenced: 'was fenced off while it was being done; whether it happened is looked up',
  to_reverse: 'was done already; its reversal is asked for',
  too_late: 'had ended already',
};

export function VetoForm({ decision }: { decision: Decision }) {
  const isCaptain = useStatus().data?.me.roles.includes('captain');
  const [reason, setReason] = useState('');
  const veto = useAction(
    (why: string) => safetyApi.veto(decision.decisionId, why),
    () => 'Vetoed',
  );
  // What became of each effect stays to be read when the veto itself is over.
  if (veto.data) return <Became effects={veto.data.effects} />;
  if (!decision.mayStillAct.captainsVeto) return null;
  if (!isCaptain) return <p className="hint veto-hint">A captain may veto it: before, during, or after by reversal.</p>;
  const ready = reason.trim().length >= leastReason && !veto.isPending;
  return (
    <details className="veto">
      <summary>Captain’s veto</summary>
      <p>
        What has not begun is denied. What is being done is fenced off. What is done is reversed, if it has a way back.
      </p>
      <label className="field">
        <span className="label">Reason of the veto</span>
        <input type="text" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </label>
      <HoldButton
        className="kill kill-big"
        label="Hold one second to veto"
        disabled={!ready}
        onHeld={() => veto.mutate(reason.trim())}
      >
        <Icon name="stop" />
        <span>{veto.isPending ? 'Vetoing…' : 'Hold one second to veto'}</span>
      </HoldButton>
      {veto.error && <ProblemBox what="Nothing was vetoed" error={veto.error} />}
    </details>
  );
}

function Became({ effects }: { effects: Record<string, string> }) {
  return (
    <ul className="became" role="status">
      {Object.entries(effects).map(([effectId, fate]) => (
        <li key={effectId}>
          <Id id={effectId} /> {BECAME[fate] ?? fate.replaceAll('_', ' ')}
        </li>
      ))}
    </ul>
  );
}
