// Objectives: the queue by priority with its reasons, filtered by status.
import { type ObjectiveRow, type ObjectiveStatus, paths } from '../../api.ts';
import { formatCount } from '../../lib/format.ts';
import { hrefOf } from '../../lib/routes.ts';
import { objectiveLook } from '../../lib/states.ts';
import { Ago, Elapsed } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { Bar } from '../../parts/progress.tsx';
import { Rows } from '../../parts/rows.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Loading, PageHead, ProblemBox } from '../../parts/tile.tsx';
import { useObjectives, usePagedItems, useStatus } from '../../queries.ts';
import { Link, useQueryValue } from '../../router.tsx';

const FILTERS: ObjectiveStatus[] = ['queued', 'planning', 'running', 'paused', 'succeeded', 'failed', 'cancelled'];
const COLUMNS = [
  { name: 'Priority', className: 'col-priority' },
  { name: 'Objective' },
  { name: 'Status', className: 'col-status' },
  { name: 'Progress', className: 'col-progress' },
  { name: 'Time', className: 'col-time' },
  { name: 'Submitted', className: 'col-ago' },
];

export function ObjectivesPage() {
  const [status, setStatus] = useQueryValue('status');
  const list = useObjectives(status);
  const { items, pages, more, looking } = usePagedItems(list);
  const submit = (
    <Link className="button primary" href="/objectives/new">
      <Icon name="plus" /> Submit
    </Link>
  );
  return (
    <>
      <PageHead
        title="Objectives"
        menu={repeatItems(paths.objectives(status), `npx lazyark objective list${status ? ` --status ${status}` : ''}`)}
        actions={submit}
      />
      <Filter status={status} onPick={setStatus} />
      {!list.data && list.error && (
        <ProblemBox what="The objectives cannot be read" error={list.error} retry={() => void list.refetch()} />
      )}
      {((!list.data && !list.error) || looking) && <Loading rows={6} />}
      {list.data && items.length === 0 && !looking && <NoObjectives status={status} onAll={() => setStatus('')} />}
      {items.length > 0 && (
        <Rows
          items={items}
          label="Objectives"
          heights={{ wide: 52, narrow: 88 }}
          columns={COLUMNS}
          keyOf={(row) => row.objectiveId}
          row={(row) => <Cells row={row} />}
          pages={pages}
          onEnd={more}
        />
      )}
    </>
  );
}

function Filter({ status, onPick }: { status: string; onPick: (status: string) => void }) {
  const counts = useStatus().data?.objectives;
  return (
    <fieldset className="tabs">
      <legend className="hidden">Filter by status</legend>
      {['', ...FILTERS].map((each) => (
        <button key={each} type="button" aria-pressed={status === each} onClick={() => onPick(each)}>
          {each ? objectiveLook(each).word : 'All'}
          {each && counts && <span className="num">{formatCount(counts[each as ObjectiveStatus] ?? 0)}</span>}
        </button>
      ))}
    </fieldset>
  );
}

function Cells({ row }: { row: ObjectiveRow }) {
  const look = objectiveLook(row.status);
  const { percent, done, total } = row.progress;
  return (
    <>
      <td className="col-priority">
        <Score priority={row.priority} />
      </td>
      <td className="col-main">
        <Link className="row-link clip" href={hrefOf({ page: 'objective', id: row.objectiveId })}>
          {row.text}
        </Link>
        <Id id={row.objectiveId} />
      </td>
      <td className="col-status">
        <State look={look} />
      </td>
      <td className="col-progress">
        <Bar percent={percent} tone={look.tone} label={`${Math.round(percent)} % done`} />
        <span className="num muted">{total > 0 ? `${formatCount(done)}/${formatCount(total)}` : '–'}</span>
      </td>
      <td className="col-time">
        <Elapsed from={row.createdAt} to={row.finishedAt} />
      </td>
      <td className="col-ago muted">
        <Ago at={row.createdAt} />
      </td>
    </>
  );
}

/** The priority; its reasons on hover and on keyboard focus. */
export function Score({ priority }: { priority: ObjectiveRow['priority'] }) {
  const why = priority.reasons.length > 0 ? priority.reasons.join('\n') : 'No reasons were given';
  return (
    <span
      className="score num"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the reasons must be reachable by keyboard
      tabIndex={0}
      data-tip={why}
      role="note"
      aria-label={`Priority ${priority.score}: ${priority.reasons.join('; ')}`}
    >
      {Math.round(priority.score * 10) / 10}
    </span>
  );
}

function NoObjectives({ status, onAll }: { status: string; onAll: () => void }) {
  if (status) {
    return (
      <Empty
        icon="objectives"
        title={`No objective is ${objectiveLook(status).word.toLowerCase()}`}
        action={
          <button type="button" onClick={onAll}>
            Show all objectives
          </button>
        }
      >
        {objectiveLook(status).why}
      </Empty>
    );
  }
  return (
    <Empty
      icon="objectives"
      title="No objectives yet"
      action={
        <Link className="button primary" href="/objectives/new">
          Submit the first objective
        </Link>
      }
    >
      An objective is a sentence that says what to reach. It is planned as a graph of tasks, and agents work on them.
      From a terminal: <code>npx lazyark objective submit examples/increase-nps.yaml</code>
    </Empty>
  );
}
