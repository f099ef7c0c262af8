// Decisions: what was put to the vote or before a person, newest first, or only what waits for the reader.
import { useEffect, useState } from 'react';
import { formatAmount } from '../../lib/amounts.ts';
import { hrefOf } from '../../lib/routes.ts';
import { decisionLook } from '../../lib/safety-states.ts';
import { Ago, Due } from '../../parts/clock.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { Rows } from '../../parts/rows.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Loading, PageHead, ProblemBox } from '../../parts/tile.tsx';
import { usePagedItems } from '../../queries.ts';
import { Link, useQueryValue } from '../../router.tsx';
import { type DecisionRow, safetyPaths } from '../../safety-api.ts';
import { useDecisions } from '../../safety-queries.ts';

const STATUSES = ['gathering', 'open', 'approved', 'rejected', 'expired', 'vetoed'];
const COLUMNS = [
  { name: 'Decision' },
  { name: 'State', className: 'col-status' },
  { name: 'Votes', className: 'col-votes' },
  { name: 'At most', className: 'col-time' },
  { name: 'Proposed by', className: 'col-actor' },
  { name: 'Time', className: 'col-due' },
];

export default function DecisionsPage() {
  const [status, setStatus] = useQueryValue('status');
  const [waitingFor, setWaitingFor] = useQueryValue('waitingFor');
  const [actor, setActor] = useQueryValue('actor');
  const [action, setAction] = useQueryValue('action');
  const filter = { status, waitingFor: waitingFor === 'me' ? 'me' : '', actor, action };
  const list = useDecisions(filter);
  const { items, pages, more, looking } = usePagedItems(list);
  const filtered = Boolean(status || waitingFor || actor || action);
  return (
    <>
      <PageHead title="Decisions" menu={repeatItems(safetyPaths.decisions(filter), commandOf(filter))} />
      <fieldset className="tabs">
        <legend className="hidden">Filter by state</legend>
        <button
          type="button"
          aria-pressed={waitingFor === 'me'}
          onClick={() => setWaitingFor(waitingFor === 'me' ? '' : 'me')}
        >
          <Icon name="hand" size={14} /> Waits for me
        </button>
        {['', ...STATUSES].map((each) => (
          <button key={each} type="button" aria-pressed={status === each} onClick={() => setStatus(each)}>
            {each ? decisionLook(each).word : 'All states'}
          </button>
        ))}
      </fieldset>
      <div className="filters">
        <FilterField label="Proposed by, such as agt_writer" value={actor} onChange={setActor} />
        <FilterField label="Action, such as task.execute" value={action} onChange={setAction} />
      </div>
      {!list.data && list.error && (
        <ProblemBox what="The decisions cannot be read" error={list.error} retry={() => void list.refetch()} />
      )}
      {((!list.data && !list.error) || looking) && <Loading rows={6} />}
      {list.data && items.length === 0 && !looking && <NoDecisions filtered={filtered} mine={waitingFor === 'me'} />}
      {items.length > 0 && (
        <Rows
          items={items}
          label="Decisions"
          heights={{ wide: 52, narrow: 92 }}
          columns={COLUMNS}
          keyOf={(row) => row.decisionId}
          row={(row) => <Cells row={row} />}
          pages={pages}
          onEnd={more}
        />
      )}
    </>
  );
}

const commandOf = (filter: Record<'status' | 'waitingFor' | 'actor' | 'action', string>): string => {
  const { status, waitingFor, actor, action } = filter;
  const given = [
    status && `--status ${status}`,
    waitingFor && '--waiting-for-me',
    actor && `--actor ${actor}`,
    action && `--action ${action}`,
  ];
  return ['npx lazyark decision list', ...given.filter(Boolean)].join(' ');
};

const typingPauseMs = 300;

/** Exact names only; the list is asked again when typing pauses. */
function FilterField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the pause anew
  useEffect(() => {
    const timer = setTimeout(() => typed.trim() !== value && onChange(typed.trim()), typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={typed}
      spellCheck={false}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

function Cells({ row }: { row: DecisionRow }) {
  const { votes } = row;
  return (
    <>
      <td className="col-main">
        <Link className="row-link clip" href={hrefOf({ page: 'decision', id: row.decisionId })}>
          {row.choice ?? row.action}
        </Link>
        <span className="clip muted">
          <span className="mono">{row.action}</span> on {row.target}
          {row.proposals > 1 && ` · one of ${row.proposals} that exclude each other`}
        </span>
      </td>
      <td className="col-status">
        <State look={decisionLook(row.status)} />
      </td>
      <td className="col-votes num">
        <span data-tip={`${votes.for} for, ${votes.against} against, ${votes.abstained} abstained`}>
          {votes.for} : {votes.against} <span className="muted">of {votes.seats}</span>
        </span>
        {row.needs.includes('person') && <span className="chip">person</span>}
      </td>
      <td className="col-time num">{formatAmount('spendCents', row.spendCents ?? 0)}</td>
      <td className="col-actor clip">{row.actor}</td>
      <td className="col-due">
        <When row={row} />
      </td>
    </>
  );
}

/** What is open ticks towards its end; what is decided says since when. */
function When({ row }: { row: DecisionRow }) {
  if (row.status === 'open' && row.closesAt) return <Due at={row.closesAt} />;
  return (
    <span className="muted">
      <Ago at={row.decidedAt ?? row.openedAt} />
    </span>
  );
}

function NoDecisions({ filtered, mine }: { filtered: boolean; mine: boolean }) {
  if (mine)
    return (
      <Empty icon="check" title="No decision waits for you">
        What you may still vote on appears here, what ends first before the rest.
      </Empty>
    );
  if (filtered)
    return (
      <Empty icon="scales" title="No decision fits">
        Names are compared whole: <code>agt_writer</code>, <code>task.execute</code>. Leave a filter out to see more.
      </Empty>
    );
  return (
    <Empty icon="scales" title="Nothing had to be decided yet">
      What costs $50 or more, touches five files or more, is doubtful or cannot be undone is put to the vote or before a
      person before it is done. To see one, submit an objective with a task whose budget is above $50.
    </Empty>
  );
}
