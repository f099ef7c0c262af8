// The head of an objective: what it is, where it stands, and what a person can do about it.
import { useState } from 'react';
import { api, type Objective } from '../../api.ts';
import { plural } from '../../lib/format.ts';
import { isOpen, objectiveLook } from '../../lib/states.ts';
import { Ago, Elapsed } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { Fact } from '../../parts/fact.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Menu, type MenuItem } from '../../parts/menu.tsx';
import { Dialog } from '../../parts/overlay.tsx';
import { Bar } from '../../parts/progress.tsx';
import { State } from '../../parts/state.tsx';
import { useAction } from '../../queries.ts';
import { Score } from '../objectives/objectives-page.tsx';
import { Eta } from '../overview/running.tsx';
import { PriorityDialog } from './priority-dialog.tsx';

export function ObjectiveHead({ objective, menu }: { objective: Objective; menu: MenuItem[] }) {
  const look = objectiveLook(objective.status);
  const { percent, done, total, etaAt } = objective.progress;
  return (
    <header className="thing-head">
      <div className="thing-title">
        <h1>{objective.text}</h1>
        <Actions objective={objective} menu={menu} />
      </div>
      <div className="facts">
        <State look={look} soft />
        <Fact name="Priority">
          <Score priority={objective.priority} />
        </Fact>
        {(objective.finishedAt || isOpen(objective.status)) && (
          <Fact name={objective.finishedAt ? 'Took' : 'Open for'}>
            <Elapsed from={objective.createdAt} to={objective.finishedAt} />
          </Fact>
        )}
        <Fact name="Submitted">
          <Ago at={objective.createdAt} />
        </Fact>
        {objective.pattern && (
          <Fact name="Pattern">
            <span className="chip" data-tip={objective.pattern.why}>
              {objective.pattern.name}
            </span>
          </Fact>
        )}
        <Id id={objective.objectiveId} />
      </div>
      {total > 0 && (
        <div className="objective-progress">
          <Bar
            percent={percent}
            tone={look.tone === 'grey' ? 'blue' : look.tone}
            label={`${Math.round(percent)} % done`}
          />
          <span className="num">
            <strong>{Math.round(percent)} %</strong> · {done} of {plural(total, 'task')}{' '}
          </span>
          {isOpen(objective.status) && <Eta at={etaAt} />}
        </div>
      )}
    </header>
  );
}

function Actions({ objective, menu }: { objective: Objective; menu: MenuItem[] }) {
  const [asking, setAsking] = useState<'cancel' | 'priority'>();
  const { objectiveId, status } = objective;
  const move = useAction(
    (verb: 'pause' | 'resume' | 'cancel') => api.move(objectiveId, verb),
    (verb) => `Objective ${{ pause: 'paused', resume: 'resumed', cancel: 'cancelled' }[verb]}`,
  );
  const open = isOpen(status);
  const more: MenuItem[] = [
    ...(open
      ? [{ label: 'Change priority', icon: 'pencil', onPick: () => setAsking('priority') } satisfies MenuItem]
      : []),
    ...(open || status === 'failed'
      ? [
          {
            label: 'Cancel objective',
            icon: 'cross',
            tone: 'red',
            onPick: () => setAsking('cancel'),
          } satisfies MenuItem,
        ]
      : []),
    ...menu,
  ];
  return (
    <div className="page-actions">
      <Redrive objective={objective} />
      {open && status !== 'paused' && (
        <button type="button" disabled={move.isPending} onClick={() => move.mutate('pause')}>
          <Icon name="pause" /> Pause
        </button>
      )}
      {status === 'paused' && (
        <button type="button" className="primary" disabled={move.isPending} onClick={() => move.mutate('resume')}>
          <Icon name="play" /> Resume
        </button>
      )}
      {objective.result !== undefined && objective.result !== null && (
        <a className="button" href="#result">
          <Icon name="down" /> Result
        </a>
      )}
      <Menu label="objective" items={more} />
      {asking === 'cancel' && (
        <CancelDialog
          objective={objective}
          onClose={() => setAsking(undefined)}
          onCancel={() => move.mutate('cancel')}
        />
      )}
      {asking === 'priority' && <PriorityDialog objective={objective} onClose={() => setAsking(undefined)} />}
    </div>
  );
}

function Redrive({ objective }: { objective: Objective }) {
  const dead = objective.tasks.filter((task) => task.status === 'dead_letter');
  const redrive = useAction(
    async () => {
      for (const task of dead) await api.redrive(task.taskId);
    },
    () => `Redriven: ${plural(dead.length, 'task')}`,
  );
  if (dead.length === 0) return null;
  return (
    <button type="button" className="primary" disabled={redrive.isPending} onClick={() => redrive.mutate(undefined)}>
      <Icon name="retry" /> Redrive {plural(dead.length, 'dead letter')}
    </button>
  );
}

function CancelDialog({
  objective,
  onClose,
  onCancel,
}: {
  objective: Objective;
  onClose: () => void;
  onCancel: () => void;
}) {
  const left = objective.progress.total - objective.progress.done;
  return (
    <Dialog label="Cancel objective" onClose={onClose}>
      <h2>Cancel this objective?</h2>
      <p className="quote">{objective.text}</p>
      <p>
        {left > 0
          ? `${plural(left, 'task')} that ${left === 1 ? 'is' : 'are'} not done will not run any more, and what runs now is stopped.`
          : 'Nothing more of it will run.'}{' '}
        Results that are stored stay. This cannot be undone.
      </p>
      <div className="dialog-actions">
        <button type="button" onClick={onClose}>
          Keep it
        </button>
        <button
          type="button"
          className="danger"
          onClick={() => {
            onCancel();
            onClose();
          }}
        >
          Cancel objective
        </button>
      </div>
    </Dialog>
  );
}
