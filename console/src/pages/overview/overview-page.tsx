// Overview: what needs a person first, then how it goes: objectives, agents, tasks, audit.
import type { Status } from '../../api.ts';
import { paths } from '../../api.ts';
import { formatCount, formatDuration, plural } from '../../lib/format.ts';
import type { Tone } from '../../lib/states.ts';
import { Id } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { Loading, PageHead, ProblemBox, Tile } from '../../parts/tile.tsx';
import { useStatus } from '../../queries.ts';
import { Link } from '../../router.tsx';
import { Needs } from './needs.tsx';
import { OpenNotices } from './open-notices.tsx';
import { Recent, Running } from './running.tsx';

export function OverviewPage() {
  const { data, error, refetch } = useStatus();
  if (!data && error) return <ProblemBox what="The status cannot be read" error={error} retry={() => void refetch()} />;
  if (!data) return <Loading rows={8} />;
  const menu = repeatItems(paths.status(), 'npx lazyark status');
  return (
    <>
      <PageHead
        title="Overview"
        menu={menu}
        actions={
          <Link className="button primary" href="/objectives/new">
            <Icon name="plus" /> Submit
          </Link>
        }
      />
      <Silent rooms={data.silent} />
      <Figures status={data} />
      <div className="overview">
        <div className="column">
          <Needs needs={data.needsPerson} mode={data.mode} />
          <OpenNotices />
          <Running />
          <Recent />
        </div>
        <div className="column">
          <AgentHealth agents={data.agents} />
          <Chain lanes={data.audit.lanes} />
        </div>
      </div>
    </>
  );
}

/** Missing figures must not look like zeros. */
function Silent({ rooms }: { rooms: string[] }) {
  if (rooms.length === 0) return null;
  const names = rooms.length === 1 ? `The room ${rooms[0]} does` : `The rooms ${rooms.join(', ')} do`;
  return (
    <p className="inline-note tone-amber" role="status">
      <Icon name="alert" />
      {names} not answer, so their figures are missing here. The log of their function says why.
    </p>
  );
}

function Figures({ status }: { status: Status }) {
  const { objectives, tasks } = status;
  const waiting = objectives.queued + objectives.planning;
  return (
    <section className="figures" aria-label="Figures">
      <Figure
        name="Objectives running"
        value={formatCount(objectives.running)}
        note={`${formatCount(waiting)} queued or planning`}
      />
      <Figure name="Tasks running" value={formatCount(tasks.running)} note={`${formatCount(tasks.waiting)} waiting`} />
      <Figure
        name="Tasks done, last hour"
        value={formatCount(tasks.doneLastHour)}
        note={tasks.doneLastHour === 0 ? 'none yet' : `${perMinute(tasks.doneLastHour)} a minute`}
      />
      <Figure
        name="Task time p95"
        value={tasks.p95Ms === null ? '–' : formatDuration(tasks.p95Ms)}
        note={tasks.p50Ms === null ? 'nothing measured yet' : `p50 ${formatDuration(tasks.p50Ms)}`}
      />
      <Figure
        name="Dead letters"
        value={formatCount(tasks.deadLetter)}
        note={tasks.deadLetter > 0 ? 'a person may redrive' : 'none'}
        tone={tasks.deadLetter > 0 ? 'red' : undefined}
      />
    </section>
  );
}

const perMinute = (perHour: number): string => (perHour < 600 ? (perHour / 60).toFixed(1) : formatCount(perHour / 60));

function Figure({ name, value, note, tone }: { name: string; value: string; note: string; tone?: Tone }) {
  return (
    <div className={tone ? `tone-${tone}` : undefined}>
      <p className="figure-name">{name}</p>
      <p className="figure-value num">
        {tone && <Icon name="inbox" size={18} />}
        {value}
      </p>
      <p className="figure-note">{note}</p>
    </div>
  );
}

function AgentHealth({ agents }: { agents: Status['agents'] }) {
  const total = agents.healthy + agents.lost + agents.registered;
  const parts = [
    { tone: 'green', count: agents.healthy },
    { tone: 'red', count: agents.lost },
    { tone: 'grey', count: agents.registered },
  ].filter(({ count }) => count > 0);
  return (
    <Tile
      title="Agents"
      menu={repeatItems(paths.agents(), 'npx lazyark agent list')}
      note={<Link href="/agents">All agents</Link>}
    >
      {total === 0 ? (
        <p className="muted">
          No agent is registered. <code>npx lazyark bootstrap</code> registers those of <code>config/agents.yaml</code>.
        </p>
      ) : (
        <>
          <div
            className="split-bar"
            role="img"
            aria-label={`${agents.healthy} healthy, ${agents.lost} lost, ${agents.registered} registered`}
          >
            {parts.map(({ tone, count }) => (
              <span key={tone} className={`tone-${tone}`} style={{ flex: count }} />
            ))}
          </div>
          <div className="legend">
            <span className="state tone-green">
              <Icon name="check" size={14} /> {formatCount(agents.healthy)} healthy
            </span>
            <span className={`state ${agents.lost > 0 ? 'tone-red' : 'tone-grey'}`}>
              <Icon name="alert" size={14} /> {formatCount(agents.lost)} lost
            </span>
          </div>
        </>
      )}
    </Tile>
  );
}

function Chain({ lanes }: { lanes: Status['audit']['lanes'] }) {
  const entries = lanes.reduce((sum, lane) => sum + lane.entries, 0);
  return (
    <Tile
      title="Audit chain"
      menu={repeatItems(paths.audit(), 'npx lazyark audit verify')}
      note={<Link href="/audit">{plural(entries, 'entry', 'entries')}</Link>}
      flush
    >
      {lanes.length === 0 && <p className="tile-body muted">No entry yet. Every change of a table becomes one.</p>}
      <ul className="plain-list">
        {lanes.map((lane) => (
          <li key={lane.lane}>
            <span>{lane.lane}</span>
            <span className="muted num">{formatCount(lane.entries)}</span>
            <Id id={lane.head} hash />
          </li>
        ))}
      </ul>
    </Tile>
  );
}
