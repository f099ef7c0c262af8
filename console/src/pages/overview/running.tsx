// The objectives that run now with their progress, and those that ended last.
import type { ObjectiveRow } from '../../api.ts';
import { paths } from '../../api.ts';
import { formatCount, formatDuration, plural, toMs } from '../../lib/format.ts';
import { hrefOf } from '../../lib/routes.ts';
import { objectiveLook } from '../../lib/states.ts';
import { Ago, Elapsed, useNow } from '../../parts/clock.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { Bar } from '../../parts/progress.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Loading, ProblemBox, Tile } from '../../parts/tile.tsx';
import { useFewObjectives } from '../../queries.ts';
import { Link } from '../../router.tsx';

export function Running() {
  const { data, error, refetch } = useFewObjectives('running', 8);
  return (
    <Tile
      title="Running"
      menu={repeatItems(paths.objectives('running'), 'npx lazyark objective list --status running')}
      note={<Link href="/objectives?status=running">All running</Link>}
      flush
    >
      {!data && error && (
        <ProblemBox what="Running objectives cannot be read" error={error} retry={() => void refetch()} />
      )}
      {!data && !error && <Loading />}
      {data?.length === 0 && (
        <Empty
          icon="objectives"
          title="No objective is running"
          action={
            <Link className="button" href="/objectives/new">
              Submit an objective
            </Link>
          }
        >
          Say what to reach; it is split into tasks, and agents work on them.
        </Empty>
      )}
      <ul className="run-list">
        {data?.map((row) => (
          <li key={row.objectiveId}>
            <RunLine row={row} />
          </li>
        ))}
      </ul>
    </Tile>
  );
}

function RunLine({ row }: { row: ObjectiveRow }) {
  const { percent, done, total } = row.progress;
  return (
    <Link className="run" href={hrefOf({ page: 'objective', id: row.objectiveId })}>
      <span className="run-text">{row.text}</span>
      <span className="run-meta num">
        <span>
          {formatCount(done)} of {plural(total, 'task')}
        </span>
        <Eta at={row.progress.etaAt} />
        <span className="run-percent">{Math.round(percent)} %</span>
      </span>
      <Bar percent={percent} tone="blue" label={`${Math.round(percent)} % done`} />
    </Link>
  );
}

/** How long it will still take, as far as that is known. */
export function Eta({ at }: { at?: string | null }) {
  const now = useNow();
  if (!at) return null;
  const left = toMs(at) - now;
  return <span className="muted">{left < 1_000 ? 'any moment' : `about ${formatDuration(left)} left`}</span>;
}

export function Recent() {
  const { data } = useFewObjectives('succeeded', 5);
  if (!data || data.length === 0) return null;
  return (
    <Tile
      title="Succeeded last"
      menu={repeatItems(paths.objectives('succeeded'), 'npx lazyark objective list --status succeeded')}
      note={<Link href="/objectives?status=succeeded">All succeeded</Link>}
      flush
    >
      <ul className="plain-list">
        {data.map((row) => (
          <li key={row.objectiveId}>
            <State look={objectiveLook(row.status)} />
            <Link className="grow clip" href={hrefOf({ page: 'objective', id: row.objectiveId })}>
              {row.text}
            </Link>
            <span className="muted wide-only">
              took <Elapsed from={row.createdAt} to={row.finishedAt} />
            </span>
            <span className="muted when">
              <Ago at={row.finishedAt} />
            </span>
          </li>
        ))}
      </ul>
    </Tile>
  );
}
