// Undo drills: each night every action with a way back is done and undone on a scope of its own, and compared.
import { formatDuration, plural } from '../../lib/format.ts';
import { drillLook } from '../../lib/settings-states.ts';
import { Ago } from '../../parts/clock.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Tile } from '../../parts/tile.tsx';
import { useAction } from '../../queries.ts';
import { type Drill, settingsApi, settingsPaths } from '../../settings-api.ts';
import { useDrills } from '../../settings-queries.ts';
import { useRole } from '../../stages-queries.ts';

export function Drills() {
  return (
    <Tile
      title="Undo drills"
      flush
      menu={repeatItems(settingsPaths.drills(), 'npx lazyark drill list')}
      note={<DrillNow />}
    >
      <PagedList
        list={useDrills()}
        what="The drills"
        keyOf={({ drillId }) => drillId}
        row={(drill) => <Row drill={drill} />}
        empty={
          <Empty icon="retry" title="No drill yet">
            Every night each action with a way back is done and undone on a scope of its own, and what is left is
            compared. “Drill now” does not wait.
          </Empty>
        }
      />
    </Tile>
  );
}

function DrillNow() {
  const operator = useRole('operator');
  const drill = useAction(
    () => settingsApi.drill(),
    () => 'The drill runs; it shows here when it is over',
  );
  if (operator === false) return <span className="muted">an operator starts one</span>;
  return (
    <button type="button" disabled={drill.isPending} onClick={() => drill.mutate(undefined)}>
      <Icon name="play" /> Drill now
    </button>
  );
}

function Row({ drill }: { drill: Drill }) {
  const { at, actions, notDrilled } = drill;
  return (
    <>
      <State look={drillLook(drill)} />
      <div className="line-main">
        <p>
          <Ago at={at} />{' '}
          <span className="muted">
            {plural(actions.length, 'action')} drilled
            {notDrilled.length > 0 && `, ${notDrilled.length} not drilled`}
          </span>
        </p>
        <ul className="drill-actions">
          {actions.map(({ action, result, detail, durationMs }) => (
            <li key={action} className={`tone-${result === 'undone' ? 'green' : 'red'}`}>
              <Icon name={result === 'undone' ? 'check' : 'cross'} size={14} />
              <span className="wrap">
                <span className="mono">{action}</span> <span className="muted num">{formatDuration(durationMs)}</span>
                {result === 'failed' && <span className="line-fault"> {detail}</span>}
                <span className="hidden"> {result}</span>
              </span>
            </li>
          ))}
          {notDrilled.map(({ action, reason }) => (
            <li key={action} className="tone-grey">
              <Icon name="minus" size={14} />
              <span className="wrap">
                <span className="mono">{action}</span> <span className="muted">{reason}</span>
              </span>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}
