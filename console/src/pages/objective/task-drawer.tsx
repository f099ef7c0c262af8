// One task: input, what it waits for, attempts with the full error, result, agent; redrive for a dead letter.
import type { ReactNode } from 'react';
import { type Attempt, api, type Task, type TaskError } from '../../api.ts';
import { taskLook } from '../../lib/states.ts';
import { graphOf, taskTimes } from '../../lib/task-graph.ts';
import { Ago, Elapsed } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Json } from '../../parts/json.tsx';
import { Drawer } from '../../parts/overlay.tsx';
import { State } from '../../parts/state.tsx';
import { useAction } from '../../queries.ts';
import { Link } from '../../router.tsx';

type Props = { task: Task; tasks: Task[]; onSelect: (taskId: string) => void; onClose: () => void };

export function TaskDrawer({ task, tasks, onSelect, onClose }: Props) {
  const redrive = useAction(
    (taskId: string) => api.redrive(taskId),
    () => 'Task redriven',
  );
  const head = (
    <>
      <h2>{task.title}</h2>
      <div className="facts">
        <State look={taskLook(task.status)} soft />
        <Id id={task.taskId} />
      </div>
    </>
  );
  return (
    <Drawer label={`Task ${task.title}`} head={head} onClose={onClose}>
      {task.status === 'dead_letter' && (
        <div className="drawer-call">
          <p>No attempt is left. When the cause is gone, it can run again.</p>
          <button
            type="button"
            className="primary"
            disabled={redrive.isPending}
            onClick={() => redrive.mutate(task.taskId)}
          >
            <Icon name="retry" /> Redrive
          </button>
        </div>
      )}
      <Facts task={task} />
      {task.error && <Failure error={task.error} />}
      <Dependencies task={task} tasks={tasks} onSelect={onSelect} />
      <Part title="Input parameters">
        {task.parameters && Object.keys(task.parameters).length > 0 ? (
          <Json value={task.parameters} label="Input parameters" />
        ) : (
          <p className="muted">None</p>
        )}
      </Part>
      <Part title="Result">
        {task.result === undefined || task.result === null ? (
          <p className="muted">None yet</p>
        ) : (
          <Json value={task.result} label="Result" />
        )}
      </Part>
      <p>
        <Link href={`/audit?q=${encodeURIComponent(task.taskId)}`}>Audit entries of this task</Link>
      </p>
    </Drawer>
  );
}

function Facts({ task }: { task: Task }) {
  const { from, to } = taskTimes(task);
  return (
    <dl className="pairs">
      <dt>Agent</dt>
      <dd>
        {task.agentId ? (
          <Link href="/agents">{task.agentId}</Link>
        ) : (
          <span className="muted">{task.waiting ?? 'not allocated yet'}</span>
        )}
      </dd>
      <dt>Capability</dt>
      <dd className="mono">{task.capability}</dd>
      <dt>Attempts</dt>
      <dd className="num">
        {task.attempts ?? 0} {task.maxAttempts && <span className="muted">of {task.maxAttempts}</span>}
      </dd>
      {task.retryAt && <dt>Next attempt</dt>}
      {task.retryAt && (
        <dd>
          <Ago at={task.retryAt} />
        </dd>
      )}
      <dt>Started</dt>
      <dd>
        <Ago at={from} />
      </dd>
      <dt>Took</dt>
      <dd>
        <Elapsed from={from} to={to} />
      </dd>
    </dl>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="drawer-part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Dependencies({ task, tasks, onSelect }: Omit<Props, 'onClose'>) {
  const graph = graphOf(tasks);
  const byId = new Map(tasks.map((each) => [each.taskId, each]));
  const earlier = graph.find(({ id }) => id === task.taskId)?.dependsOn ?? [];
  const later = graph.filter(({ dependsOn }) => dependsOn.includes(task.taskId)).map(({ id }) => id);
  const list = (ids: readonly string[]) => (
    <ul className="task-list">
      {[...new Set(ids)].slice(0, 50).map((id) => (
        <li key={id}>
          <button type="button" className="ghost" onClick={() => onSelect(id)}>
            <State look={taskLook(byId.get(id)!.status)} />
            <span className="clip">{byId.get(id)!.title}</span>
          </button>
        </li>
      ))}
    </ul>
  );
  return (
    <>
      {earlier.length > 0 && <Part title="Waits for">{list(earlier)}</Part>}
      {later.length > 0 && <Part title="Releases">{list(later)}</Part>}
    </>
  );
}

function Failure({ error }: { error: TaskError }) {
  const attempts = error.attempts ?? [];
  return (
    <Part title={attempts.length > 1 ? `Error, ${attempts.length} attempts` : 'Error'}>
      <div className="error-box">
        <p>
          <strong className="mono">{error.name}</strong> <Kind transient={error.transient} />
        </p>
        <p className="error-message">{error.message}</p>
        {attempts.length === 0 && <Stack stack={error.stack} />}
      </div>
      <ol className="attempts">
        {attempts.map((attempt, n) => (
          <AttemptLine key={attempt.attempt} attempt={attempt} last={n === attempts.length - 1} />
        ))}
      </ol>
    </Part>
  );
}

function Kind({ transient }: { transient?: boolean }) {
  if (transient === undefined) return null;
  const tip = transient ? 'May pass by itself: tried again with growing pauses' : 'Trying again would not help';
  return (
    <span className="chip" data-tip={tip}>
      {transient ? 'transient' : 'permanent'}
    </span>
  );
}

function AttemptLine({ attempt, last }: { attempt: Attempt; last: boolean }) {
  const { error, agentId, failedAt } = attempt;
  return (
    <li>
      <details open={last}>
        <summary>
          <span className="num">Attempt {attempt.attempt}</span>
          <span className="muted">
            {agentId} {failedAt && <Ago at={failedAt} />}
          </span>
        </summary>
        <p className="error-message">
          <strong className="mono">{error.name}</strong> {error.message}
        </p>
        <Stack stack={error.stack} />
      </details>
    </li>
  );
}

function Stack({ stack }: { stack?: string | string[] }) {
  if (!stack || stack.length === 0) return null;
  return <Json value={typeof stack === 'string' ? stack : stack.join('\n')} label="Stack" />;
}
