// Kills: when somebody pressed, what was stopped, and how fast it was contained.
import { formatCount } from '../../lib/format.ts';
import { scopeWords } from '../../lib/kill-scope.ts';
import { hrefOf } from '../../lib/routes.ts';
import { killLook } from '../../lib/safety-states.ts';
import { Ago, Elapsed } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { Rows } from '../../parts/rows.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Loading, PageHead, ProblemBox } from '../../parts/tile.tsx';
import { usePagedItems } from '../../queries.ts';
import { Link } from '../../router.tsx';
import { type Kill, safetyPaths } from '../../safety-api.ts';
import { useKills } from '../../safety-queries.ts';

const COLUMNS = [
  { name: 'Scope' },
  { name: 'State', className: 'col-state' },
  { name: 'Contained in', className: 'col-time' },
  { name: 'In flight', className: 'col-time' },
  { name: 'Reason', className: 'col-why' },
  { name: 'By', className: 'col-actor' },
  { name: 'Pressed', className: 'col-ago' },
];

export default function KillsPage() {
  const list = useKills();
  const { items, pages, more } = usePagedItems(list);
  return (
    <>
      <PageHead title="Kills" menu={repeatItems(safetyPaths.kills(), 'npx lazyark kill list')} />
      {!list.data && list.error && (
        <ProblemBox what="The kills cannot be read" error={list.error} retry={() => void list.refetch()} />
      )}
      {!list.data && !list.error && <Loading rows={6} />}
      {list.data && items.length === 0 && (
        <Empty icon="power" title="Nobody has pressed kill yet">
          The red button above stops everything or one part. Each kill then stands here with how fast it was contained
          and its signed certificate. A drill costs little: what is stopped goes on where it was.
        </Empty>
      )}
      {items.length > 0 && (
        <Rows
          items={items}
          label="Kills"
          heights={{ wide: 52, narrow: 76 }}
          columns={COLUMNS}
          keyOf={(kill) => kill.killId}
          row={(kill) => <Cells kill={kill} />}
          pages={pages}
          onEnd={more}
        />
      )}
    </>
  );
}

function Cells({ kill }: { kill: Kill }) {
  return (
    <>
      <td className="col-main">
        <Link className="row-link clip" href={hrefOf({ page: 'kill', id: kill.killId })}>
          Kill of {scopeWords(kill.scope)}
        </Link>
        <Id id={kill.killId} />
      </td>
      <td className="col-state">
        <State look={killLook(kill)} />
      </td>
      <td className="col-time">
        {kill.status === 'lifted' ? <span className="muted">–</span> : <Elapsed from={kill.at} to={kill.containedAt} />}
      </td>
      <td className="col-time num">{formatCount(kill.effects.inFlight)}</td>
      <td className="col-why clip" data-tip={kill.reason}>
        {kill.reason}
      </td>
      <td className="col-actor clip">{kill.by}</td>
      <td className="col-ago muted">
        <Ago at={kill.at} />
      </td>
    </>
  );
}
