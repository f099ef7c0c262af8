// Stopping everything or a part, seeing live that it stopped, and starting again.
import { useState } from 'react';
import type { Status } from '../api.ts';
import { capital, plural } from '../lib/format.ts';
import { type KillScope, type ScopeKind, scopeNamed, scopeOf, scopeWords } from '../lib/kill-scope.ts';
import { hrefOf } from '../lib/routes.ts';
import { KillFacts, LiveContainment } from '../pages/kills/containment.tsx';
import { HoldButton } from '../parts/hold-button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Dialog } from '../parts/overlay.tsx';
import { Loading, ProblemBox } from '../parts/tile.tsx';
import { useAction, useStatus } from '../queries.ts';
import { Link } from '../router.tsx';
import { type Control, type Holding, safetyApi } from '../safety-api.ts';
import { useControl } from '../safety-queries.ts';
import { ScopeField } from './scope-field.tsx';

export function KillDialog({ onClose }: { onClose: () => void }) {
  const control = useControl();
  const status = useStatus();
  const [shownId, show] = useState<string>();
  const held = control.data && shownKill(control.data, shownId);
  const label = held ? `${capital(scopeWords(held.scope))} is stopped` : 'Stop autonomous action';
  return (
    <Dialog label={label} className="kill-dialog" onClose={onClose}>
      {!control.data && !control.error && <Loading />}
      {control.error && !control.data && (
        <ProblemBox
          what="The control state cannot be read"
          error={control.error}
          retry={() => void control.refetch()}
        />
      )}
      {control.data &&
        (held ? (
          <Stopped key={held.killId} kill={held} onClose={onClose} />
        ) : (
          <>
            <Stop status={status.data} onStopped={show} />
            <StoppedParts kills={control.data.kills ?? []} onShow={show} />
          </>
        ))}
      <p className="dialog-foot">
        <Link href="/kills" onClick={onClose}>
          All kills
        </Link>
        {held && (
          <Link href={hrefOf({ page: 'kill', id: held.killId })} onClick={onClose}>
            This kill as a page
          </Link>
        )}
      </p>
      <button type="button" className="ghost square dialog-close" aria-label="Close" onClick={onClose}>
        <Icon name="cross" />
      </button>
    </Dialog>
  );
}

/** The kill that was asked for, or else that of everything; nothing when neither holds. */
function shownKill({ kills = [], killed, reason, by, at }: Control, shownId?: string): Holding | undefined {
  const found = kills.find(({ killId }) => killId === shownId) ?? kills.find(({ scope }) => scope === 'everything');
  if (found || !killed) return found;
  return { scope: 'everything', killId: '', reason: reason ?? '', by: by ?? 'unknown', at: at ?? '' };
}

type Wish = { scope: KillScope; reason: string };

function Stop({ status, onStopped }: { status?: Status; onStopped: (killId: string) => void }) {
  const [kind, setKind] = useState<ScopeKind>('everything');
  const [part, setPart] = useState('');
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const scope = scopeOf(kind, part);
  const whole = kind === 'everything';
  const what = whole ? 'everything' : part.trim() ? scopeWords(`${kind}:${part.trim()}`) : `the ${kind}`;
  const kill = useAction(
    (wish: Wish) => safetyApi.stop(wish.scope, wish.reason),
    () => `Kill confirmed: ${what}`,
  );
  const stop = (): void => {
    if (!scope || kill.isPending) return;
    const wish = { scope, reason: reason.trim() || 'Stopped by hand in the console' };
    kill.mutate(wish, { onSuccess: ({ killId }) => onStopped(killId) });
  };
  const label = `Hold one second to stop ${what}`;
  const running = whole && status ? ` (${plural(status.tasks.running, 'task')})` : '';
  return (
    <>
      <h2>Stop {what}</h2>
      <p>
        From this moment nothing new starts. What runs now{running} is taken back: late answers are refused, and it runs
        again after the resume. Nothing is lost; a captain resumes.
      </p>
      <ScopeField kind={kind} part={part} valid={scope !== undefined} onKind={setKind} onPart={setPart} />
      <label className="field">
        <span className="label">Reason, for the audit trail</span>
        <input
          type="text"
          value={reason}
          maxLength={500}
          placeholder="Stopped by hand in the console"
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <HoldButton className="kill kill-big" label={label} onHeld={stop} disabled={kill.isPending || !scope}>
        <Icon name="power" />
        <span className="clip">{kill.isPending ? 'Stopping…' : label}</span>
      </HoldButton>
      {kill.error && <ProblemBox what="Nothing was stopped" error={kill.error} />}
      <label className="field type-kill">
        <span className="label">
          Or type <code>KILL</code>
        </span>
        <input
          type="text"
          className="mono"
          value={typed}
          autoComplete="off"
          spellCheck={false}
          disabled={!scope}
          onChange={(event) => {
            setTyped(event.target.value);
            if (event.target.value === 'KILL') stop();
          }}
        />
      </label>
    </>
  );
}

/** Parts that are stopped already, while the rest goes on. */
function StoppedParts({ kills, onShow }: { kills: Holding[]; onShow: (killId: string) => void }) {
  if (kills.length === 0) return null;
  return (
    <section className="stopped-parts" aria-label="Stopped now">
      <h3>Stopped now</h3>
      <ul>
        {kills.map((kill) => (
          <li key={kill.killId}>
            <Icon name="stop" />
            <span className="grow clip">{capital(scopeWords(kill.scope))}</span>
            <button type="button" onClick={() => onShow(kill.killId)}>
              Show and resume
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Stopped({ kill, onClose }: { kill: Holding; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const what = scopeWords(kill.scope);
  const whole = kill.scope === 'everything';
  const resume = useAction(
    (why: string) => safetyApi.resume(scopeNamed(kill.scope), why),
    () => (whole ? 'Resumed: agents may act again' : `Resumed: ${what}`),
  );
  return (
    <>
      <h2 className="tone-red">
        <Icon name="stop" size={18} /> {capital(what)} is stopped
      </h2>
      <KillFacts kill={kill} />
      {kill.killId && <LiveContainment killId={kill.killId} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim()) resume.mutate(reason.trim(), { onSuccess: onClose });
        }}
      >
        <label className="field">
          <span className="label">Why it is safe to go on</span>
          <input type="text" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
        </label>
        {resume.error && <ProblemBox what="Not resumed" error={resume.error} />}
        <div className="dialog-actions">
          <button type="button" onClick={onClose}>
            Leave it stopped
          </button>
          <button type="submit" className="primary" disabled={!reason.trim() || resume.isPending}>
            {resume.isPending ? 'Resuming…' : whole ? 'Resume all agents' : `Resume ${what}`}
          </button>
        </div>
      </form>
    </>
  );
}
