// Agents: who there is, how they are, how busy, what they can do; as tiles or as a table.
import { type Agent, paths, type Work } from '../../api.ts';
import { formatCount, successShare } from '../../lib/format.ts';
import { agentLook, type Tone } from '../../lib/states.ts';
import { Ago } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { Bar } from '../../parts/progress.tsx';
import { Rows } from '../../parts/rows.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Loading, PageHead, ProblemBox } from '../../parts/tile.tsx';
import { useAgents, usePagedItems, useStatus } from '../../queries.ts';
import { useQueryValue } from '../../router.tsx';

type WorkingAgent = Agent & Work;
const atRest: Work = { running: 0, succeeded: 0, failed: 0, load: 0 };

// Above this, tiles would be a wall; a table with few rows held is not.
const tilesMost = 60;
const COLUMNS = [
  { name: 'Agent' },
  { name: 'Status', className: 'col-status' },
  { name: 'Load', className: 'col-progress' },
  { name: 'Capabilities', className: 'col-capabilities' },
  { name: 'Success', className: 'col-success' },
  { name: 'Last seen', className: 'col-ago' },
];

export function AgentsPage() {
  const list = useAgents();
  const { data, error, refetch } = list;
  const work = useStatus().data?.work ?? {};
  const [view, setView] = useQueryValue('view');
  const { items, pages, more } = usePagedItems(list);
  const agents = items.map((agent): WorkingAgent => ({ ...agent, ...(work[agent.agentId] ?? atRest) }));
  const asTable = view === 'table' || agents.length > tilesMost;
  return (
    <>
      <PageHead
        title="Agents"
        menu={repeatItems(paths.agents(), 'npx lazyark agent list')}
        actions={agents.length <= tilesMost && <ViewSwitch table={asTable} onPick={setView} />}
      />
      {!data && error && <ProblemBox what="The agents cannot be read" error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={6} />}
      {data && agents.length === 0 && (
        <Empty icon="agents" title="No agents yet">
          Agents are declared in <code>config/agents.yaml</code> and registered by <code>npx lazyark bootstrap</code>.
          Each then shows here with its health and load.
        </Empty>
      )}
      {agents.length > 0 && !asTable && (
        <ul className="agent-tiles">
          {agents.map((agent) => (
            <AgentTile key={agent.agentId} agent={agent} />
          ))}
        </ul>
      )}
      {agents.length > 0 && asTable && (
        <Rows
          items={agents}
          label="Agents"
          heights={{ wide: 52, narrow: 72 }}
          columns={COLUMNS}
          keyOf={(agent) => agent.agentId}
          row={(agent) => <Cells agent={agent} />}
          pages={pages}
          onEnd={more}
        />
      )}
    </>
  );
}

function ViewSwitch({ table, onPick }: { table: boolean; onPick: (view: string) => void }) {
  return (
    <fieldset className="view-switch">
      <legend className="hidden">View</legend>
      <button
        type="button"
        className="square"
        aria-pressed={!table}
        aria-label="Tiles"
        data-tip="Tiles"
        onClick={() => onPick('')}
      >
        <Icon name="tiles" />
      </button>
      <button
        type="button"
        className="square"
        aria-pressed={table}
        aria-label="Table"
        data-tip="Table"
        onClick={() => onPick('table')}
      >
        <Icon name="rows" />
      </button>
    </fieldset>
  );
}

function AgentTile({ agent }: { agent: WorkingAgent }) {
  return (
    <li className="tile agent-tile">
      <header>
        <div>
          <h2>{agent.title}</h2>
          <p className="muted clip" data-tip={`${agent.role} · ${agent.department}`}>
            {agent.role} · {agent.department}
          </p>
        </div>
        <State look={agentLook(agent.status)} soft />
      </header>
      <Load agent={agent} />
      <Capabilities agent={agent} />
      <footer>
        <Id id={agent.agentId} />
        <span className="chip" data-tip="How it gets its work">
          {agent.transport}
        </span>
        <span className="grow" />
        <Success agent={agent} />
        <span className="muted">
          <Ago at={agent.lastSeenAt} />
        </span>
      </footer>
    </li>
  );
}

function Load({ agent }: { agent: WorkingAgent }) {
  const percent = agent.load * 100;
  const tone: Tone = percent >= 80 ? 'amber' : 'blue';
  return (
    <div className="load">
      <Bar percent={percent} tone={tone} label={`Load ${Math.round(percent)} %`} />
      <span
        className="num"
        data-tip={
          percent >= 80 ? 'From 80 % on, no new task is given to it' : 'Tasks it works on, of those it may at once'
        }
      >
        {formatCount(agent.running)} {agent.concurrency ? `of ${formatCount(agent.concurrency)}` : 'running'}
      </span>
    </div>
  );
}

function Capabilities({ agent, most = 4 }: { agent: Agent; most?: number }) {
  const rest = agent.capabilities.slice(most);
  return (
    <p className="chips">
      {agent.capabilities.slice(0, most).map((capability) => (
        <span key={capability} className="chip mono">
          {capability}
        </span>
      ))}
      {rest.length > 0 && (
        <span className="chip" data-tip={rest.join('\n')}>
          +{rest.length}
        </span>
      )}
    </p>
  );
}

function Success({ agent }: { agent: WorkingAgent }) {
  const share = successShare(agent.succeeded, agent.failed);
  if (!share) return <span className="muted">no task yet</span>;
  return (
    <span
      className="num"
      data-tip={`${formatCount(agent.succeeded)} succeeded, ${formatCount(agent.failed)} failed\n95 % interval: ${share.low}–${share.high} %`}
    >
      {share.percent} % <span className="muted">of {formatCount(share.total)}</span>
    </span>
  );
}

function Cells({ agent }: { agent: WorkingAgent }) {
  return (
    <>
      <td className="col-main">
        <span className="clip row-name">{agent.title}</span>
        <Id id={agent.agentId} />
      </td>
      <td className="col-status">
        <State look={agentLook(agent.status)} />
      </td>
      <td className="col-progress">
        <Load agent={agent} />
      </td>
      <td className="col-capabilities">
        <Capabilities agent={agent} most={2} />
      </td>
      <td className="col-success">
        <Success agent={agent} />
      </td>
      <td className="col-ago muted">
        <Ago at={agent.lastSeenAt} />
      </td>
    </>
  );
}
