// The timeline: one row per task in the order of their starts, a bar for the time it took.
import { useMemo } from 'react';
import type { Objective, Task } from '../../api.ts';
import { formatClock, formatDuration } from '../../lib/format.ts';
import { taskLook } from '../../lib/states.ts';
import { taskTimes } from '../../lib/task-graph.ts';
import { type Span, taskBar, timelineSpan, timelineTicks } from '../../lib/timeline.ts';
import { useNow } from '../../parts/clock.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Rows, useNarrow } from '../../parts/rows.tsx';

type Props = { objective: Objective; selected: string; onSelect: (taskId: string) => void };

export function Timeline({ objective, selected, onSelect }: Props) {
  const now = useNow();
  const narrow = useNarrow();
  const tasks = useMemo(() => byStart(objective.tasks), [objective.tasks]);
  const starts = objective.tasks.flatMap((task) => taskTimes(task).from ?? []).sort();
  const span = timelineSpan(starts[0] ?? objective.createdAt, objective.finishedAt, now);
  const axis = <Axis span={span} most={narrow ? 3 : 7} />;
  return (
    <div className="timeline">
      <Rows
        items={tasks}
        label="Timeline of tasks"
        cards={false}
        heights={{ wide: 32, narrow: 48 }}
        columns={[
          { name: 'Task', className: 'col-task' },
          { name: 'Time', className: 'col-bars', head: axis },
        ]}
        keyOf={(task) => task.taskId}
        row={(task) => <Line task={task} span={span} selected={task.taskId === selected} onSelect={onSelect} />}
      />
    </div>
  );
}

function byStart(tasks: Task[]): Task[] {
  const start = (task: Task): number => Date.parse(taskTimes(task).from ?? '') || Number.POSITIVE_INFINITY;
  return [...tasks].sort((a, b) => (start(a) === start(b) ? 0 : start(a) - start(b)));
}

function Axis({ span, most }: { span: Span; most: number }) {
  const length = span.toMs - span.fromMs;
  return (
    <div className="axis num">
      {timelineTicks(span, most).map((tick) => (
        <span key={tick} style={{ left: `${(tick / length) * 100}%` }} data-tip={formatClock(span.fromMs + tick)}>
          {tick === 0 ? '0' : formatDuration(tick)}
        </span>
      ))}
    </div>
  );
}

function Line({
  task,
  span,
  selected,
  onSelect,
}: {
  task: Task;
  span: Span;
  selected: boolean;
  onSelect: (taskId: string) => void;
}) {
  const look = taskLook(task.status);
  const { from, to } = taskTimes(task);
  const bar = taskBar({ startedAt: from, finishedAt: to }, span);
  return (
    <>
      <td className="col-task">
        <button
          type="button"
          className={`timeline-task tone-${look.tone}`}
          aria-pressed={selected}
          onClick={() => onSelect(task.taskId)}
        >
          <Icon name={look.icon} size={14} />
          <span className="clip">{task.title}</span>
        </button>
      </td>
      <td className="col-bars">
        <div className="track">
          {bar ? (
            <>
              <span
                className={`track-bar tone-${look.tone}${to ? '' : ' open'}`}
                style={{ left: `${bar.leftPercent}%`, width: `${bar.widthPercent}%` }}
                data-tip={`${task.title}\n${look.word} · ${formatDuration(bar.ms)}\n${formatClock(from!)} – ${to ? formatClock(to) : 'now'}${task.agentId ? `\n${task.agentId}` : ''}`}
              />
              <span className="track-time num" style={{ left: `${bar.leftPercent + bar.widthPercent}%` }}>
                {formatDuration(bar.ms)}
              </span>
            </>
          ) : (
            <span className="track-word">{look.word.toLowerCase()}</span>
          )}
        </div>
      </td>
    </>
  );
}
