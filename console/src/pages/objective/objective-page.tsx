// One objective: where it stands, its live task graph, its timeline, its result; a task opens in the drawer.
import '../../styles/objective.css';
import { lazy, Suspense } from 'react';
import { type Objective, paths } from '../../api.ts';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { Empty, Loading, ProblemBox, Tile } from '../../parts/tile.tsx';
import { useObjective } from '../../queries.ts';
import { Link, useQueryValue } from '../../router.tsx';
import { Graph } from './graph.tsx';
import { ObjectiveHead } from './objective-head.tsx';
import { TaskDrawer } from './task-drawer.tsx';
import { Timeline } from './timeline.tsx';

const Report = lazy(() => import('./report.tsx'));

export default function ObjectivePage({ objectiveId }: { objectiveId: string }) {
  const { data, error, refetch } = useObjective(objectiveId);
  const [selected, select] = useQueryValue('task');
  if (!data && error)
    return <ProblemBox what={`${objectiveId} cannot be read`} error={error} retry={() => void refetch()} />;
  if (!data) return <Loading rows={8} />;
  const menu = repeatItems(paths.objective(objectiveId), `npx lazyark objective show ${objectiveId}`);
  const task = data.tasks.find((each) => each.taskId === selected);
  return (
    <>
      <Link className="back" href="/objectives">
        <Icon name="left" size={14} /> Objectives
      </Link>
      <ObjectiveHead objective={data} menu={menu} />
      <Failure objective={data} />
      {data.tasks.length === 0 ? (
        <NoTasks objective={data} />
      ) : (
        <>
          <Tile title="Task graph" note={<GraphHint />} menu={menu} flush>
            <Graph tasks={data.tasks} selected={selected} onSelect={select} />
          </Tile>
          <Tile title="Timeline" menu={menu} flush>
            <Timeline objective={data} selected={selected} onSelect={select} />
          </Tile>
        </>
      )}
      <Tile title="Result" menu={menu} flush className="result-tile">
        <div id="result" />
        <Suspense fallback={<Loading rows={6} />}>
          <Report objective={data} />
        </Suspense>
      </Tile>
      {task && <TaskDrawer task={task} tasks={data.tasks} onSelect={select} onClose={() => select('')} />}
    </>
  );
}

function GraphHint() {
  return (
    <span className="wide-only hint">
      <kbd>←</kbd> <kbd>↑</kbd> <kbd>↓</kbd> <kbd>→</kbd> move · <kbd>Enter</kbd> opens · <kbd>+</kbd> <kbd>−</kbd>{' '}
      <kbd>0</kbd> zoom
    </span>
  );
}

/** Why it failed, in the words of the server. */
function Failure({ objective }: { objective: Objective }) {
  const { problem, status } = objective;
  if (!problem && status !== 'failed') return null;
  const dead = objective.tasks.filter((task) => task.status === 'dead_letter');
  const said = typeof problem === 'string' ? problem : (problem?.detail ?? problem?.message);
  return (
    <div className="problem" role="alert">
      <Icon name="alert" />
      <div>
        <p className="problem-title">{status === 'failed' ? 'This objective failed' : 'There is a problem'}</p>
        {said && <p>{said}</p>}
        {typeof problem === 'object' &&
          problem?.errors?.map((error) => (
            <p key={error.path}>
              <code>{error.path}</code> expected {error.expected}
              {error.got && <> · got {error.got}</>}
            </p>
          ))}
        {dead.length > 0 && (
          <p className="muted">
            {dead.length === 1 ? 'One task has' : `${dead.length} tasks have`} no attempt left. When the cause is gone,
            redrive {dead.length === 1 ? 'it' : 'them'}, and the objective goes on where it stopped.
          </p>
        )}
      </div>
    </div>
  );
}

function NoTasks({ objective }: { objective: Objective }) {
  const words: Partial<Record<Objective['status'], [string, string]>> = {
    queued: [
      'Waits for its turn',
      'Objectives are planned by priority; then its task graph appears here and moves as agents work.',
    ],
    planning: ['Being planned', 'The task graph appears here as soon as a plan passed the check.'],
  };
  const [title, text] = words[objective.status] ?? ['There is no task graph', 'It ended before a plan was stored.'];
  return (
    <Tile title="Task graph">
      <Empty icon="plan" title={title}>
        {text}
      </Empty>
    </Tile>
  );
}
