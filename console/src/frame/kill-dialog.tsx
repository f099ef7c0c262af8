// Stopping everything, seeing that it stopped, and starting again.
import { type ReactNode, useState } from 'react';
import { api, type Control, type Status } from '../api.ts';
import { plural } from '../lib/format.ts';
import { Ago } from '../parts/clock.tsx';
import { HoldButton } from '../parts/hold-button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Dialog } from '../parts/overlay.tsx';
import { Loading, ProblemBox } from '../parts/tile.tsx';
import { useAction, useControl, useStatus } from '../queries.ts';

export function KillDialog({ onClose }: { onClose: () => void }) {
  const control = useControl(true);
  const status = useStatus();
  const killed = control.data?.killed || control.data?.mode === 'killed';
  return (
    <Dialog label={killed ? 'Everything is stopped' : 'Stop everything'} className="kill-dialog" onClose={onClose}>
      {!control.data && !control.error && <Loading />}
      {control.error && !control.data && (
        <ProblemBox
          what="The control state cannot be read"
          error={control.error}
          retry={() => void control.refetch()}
        />
      )}
      {control.data &&
        (killed ? (
          <Stopped control={control.data} status={status.data} onClose={onClose} />
        ) : (
          <Stop status={status.data} />
        ))}
      <button type="button" className="ghost square dialog-close" aria-label="Close" onClick={onClose}>
        <Icon name="cross" />
      </button>
    </Dialog>
  );
}

function Stop({ status }: { status?: Status }) {
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const kill = useAction(
    (why: string) => api.kill(why),
    () => 'Kill confirmed: everything',
  );
  const stop = (): void => kill.mutate(reason.trim() || 'Stopped by hand in the console');
  const running = status ? `What runs now (${plural(status.tasks.running, 'task')})` : 'What runs now';
  return (
    <>
      <h2>Stop everything</h2>
      <p>
        From this moment nothing new starts. {running} is taken back: late answers are refused, and it runs again after
        the resume. Nothing is lost; a person resumes.
      </p>
      <div className="field">
        <span className="label">Scope</span>
        <p className="scope">
          <Icon name="stop" /> Everything
        </p>
      </div>
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
      <HoldButton
        className="kill kill-big"
        label="Hold one second to stop everything"
        onHeld={stop}
        disabled={kill.isPending}
      >
        <Icon name="power" />
        <span>{kill.isPending ? 'Stopping…' : 'Hold one second to stop everything'}</span>
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
          onChange={(event) => {
            setTyped(event.target.value);
            if (event.target.value === 'KILL' && !kill.isPending) stop();
          }}
        />
      </label>
    </>
  );
}

function Stopped({ control, status, onClose }: { control: Control; status?: Status; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const resume = useAction(
    (why: string) => api.resume(why),
    () => 'Resumed: agents may act again',
  );
  const running = status?.tasks.running;
  return (
    <>
      <h2 className="tone-red">
        <Icon name="stop" size={18} /> Everything is stopped
      </h2>
      <p>
        {control.reason && <>“{control.reason}” — </>}
        {control.by ?? 'unknown'}, <Ago at={control.at} />
      </p>
      <ul className="ticks">
        <Tick done>Every gate refuses new effects</Tick>
        <Tick done={running === 0}>
          {running === 0 ? 'No task is running' : `${plural(running ?? 0, 'task')} being taken back`}
        </Tick>
        <Tick done={status?.mode === 'killed'}>
          {status?.mode === 'killed' ? 'Status confirms: killed' : 'Status not confirmed yet'}
        </Tick>
      </ul>
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
            {resume.isPending ? 'Resuming…' : 'Resume all agents'}
          </button>
        </div>
      </form>
    </>
  );
}

function Tick({ done, children }: { done?: boolean; children: ReactNode }) {
  return (
    <li className={done ? 'tone-green' : 'tone-amber'}>
      <Icon name={done ? 'check' : 'clock'} />
      <span>{children}</span>
    </li>
  );
}
