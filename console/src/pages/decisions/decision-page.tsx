// One decision: what is proposed and why, who said what, what became of it, and what the reader may still do.
import { formatAmount } from '../../lib/amounts.ts';
import { capital, plural } from '../../lib/format.ts';
import { ballotLook, decisionLook } from '../../lib/safety-states.ts';
import { Ago, Due } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { Fact } from '../../parts/fact.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Menu, repeatItems } from '../../parts/menu.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Loading, ProblemBox, Tile } from '../../parts/tile.tsx';
import { Link } from '../../router.tsx';
import { type Ballot, type Decision, safetyPaths } from '../../safety-api.ts';
import { useDecision } from '../../safety-queries.ts';
import { Proposal } from './proposal.tsx';
import { VetoForm } from './veto-form.tsx';
import { VoteForm } from './vote-form.tsx';

export default function DecisionPage({ decisionId }: { decisionId: string }) {
  const { data, error, refetch } = useDecision(decisionId);
  if (!data && error)
    return <ProblemBox what={`${decisionId} cannot be read`} error={error} retry={() => void refetch()} />;
  if (!data) return <Loading rows={8} />;
  const contest = data.proposed.length > 1;
  return (
    <>
      <Link className="back" href="/decisions">
        <Icon name="left" size={14} /> Decisions
      </Link>
      <Head decision={data} />
      <div className="decision">
        <div className="column">
          {data.proposed.map((each) => (
            <Proposal
              key={each.effectId}
              proposal={each}
              title={contest ? (each.choice ?? each.effectId) : 'Proposal'}
              chosen={contest && data.chosen === each.effectId}
              points={data.points?.[each.effectId]}
            />
          ))}
        </div>
        <div className="column">
          <Acting decision={data} />
          <Votes decision={data} />
        </div>
      </div>
    </>
  );
}

function Head({ decision }: { decision: Decision }) {
  const { decisionId, status, action, target, choice, actor, confidence, needs, reason, decidedBy } = decision;
  const menu = repeatItems(safetyPaths.decision(decisionId), `npx lazyark decision show ${decisionId}`);
  return (
    <header className="thing-head">
      <div className="thing-title">
        <h1>{choice ?? `${action} on ${target}`}</h1>
        <Menu label="Decision" items={menu} />
      </div>
      <div className="facts">
        <State look={decisionLook(status)} soft />
        {status === 'open' && decision.closesAt && (
          <Fact name="Closes">
            <Due at={decision.closesAt} />
          </Fact>
        )}
        <Fact name="Action">
          <span className="mono">{action}</span>
        </Fact>
        {actor && <Fact name="By">{actor}</Fact>}
        {decision.spendCents !== undefined && (
          <Fact name="At most">
            <span className="num">{formatAmount('spendCents', decision.spendCents)}</span>
          </Fact>
        )}
        {confidence !== undefined && (
          <Fact name="Confidence">
            <span className="num">{Math.round(confidence * 100)} %</span>
          </Fact>
        )}
        <Fact name="Opened">
          <Ago at={decision.openedAt} />
        </Fact>
        <Id id={decisionId} />
      </div>
      {reason && status !== 'open' && (
        <p className={`inline-note tone-${decisionLook(status).tone}`}>
          <Icon name={decisionLook(status).icon} />
          <span>
            <strong>{decisionLook(status).word}</strong>
            {decidedBy && ` by ${decidedBy}`}: {reason}
          </span>
        </p>
      )}
      {status === 'open' && needs.length > 0 && (
        <p className="muted">
          Waits for {needs.map((need) => NEEDS[need] ?? need).join(' and ')}. Until then nothing of it is done.
        </p>
      )}
    </header>
  );
}

const NEEDS: Record<string, string> = { votes: 'enough votes of the panel', person: 'a person', resume: 'a resume' };

/** Who may still act, and the forms for the one who reads. */
function Acting({ decision }: { decision: Decision }) {
  const { mayStillAct, status } = decision;
  const { voters, person, you, until, gatheringUntil } = mayStillAct;
  return (
    <Tile title="Who may still act">
      <ul className="acting">
        {gatheringUntil && status === 'gathering' && (
          <li>
            <Icon name="inbox" size={14} /> Proposals join, then the vote begins: <Due at={gatheringUntil} />
          </li>
        )}
        {status === 'open' && until && (
          <li>
            <Icon name="clock" size={14} /> Votes are taken: <Due at={until} />
          </li>
        )}
        {person && (
          <li>
            <Icon name="user" size={14} /> A person who may approve has to agree
          </li>
        )}
        {voters.length > 0 && (
          <li>
            <Icon name="agents" size={14} /> <span className="wrap">{voters.join(', ')}</span>
          </li>
        )}
        {!you.mayVote && you.because && (
          <li className="muted">
            <Icon name="minus" size={14} /> You may not vote: {you.because}
          </li>
        )}
      </ul>
      {you.mayVote && <VoteForm key={decision.digest} decision={decision} />}
      <VetoForm decision={decision} />
    </Tile>
  );
}

function Votes({ decision }: { decision: Decision }) {
  const { ballots, earlierBallots = [], quorum, votes } = decision;
  const note = quorum
    ? `${votes.for} for, ${votes.against} against · needs ${quorum.approvals} of ${votes.seats}, ${plural(quorum.lineages, 'lineage')}`
    : undefined;
  return (
    <Tile title="Votes" note={note && <span className="muted num">{note}</span>} flush>
      {ballots.length === 0 && (
        <Empty icon="scales" title="No vote yet">
          {decision.decidedBy === 'gate'
            ? 'The gate decided by its rules; nobody had to vote.'
            : 'Each vote appears here with its reason.'}
        </Empty>
      )}
      <Ballots ballots={ballots} />
      {earlierBallots.length > 0 && (
        <details className="earlier">
          <summary>{capital(plural(earlierBallots.length, 'vote'))} on what the proposal said before</summary>
          <Ballots ballots={earlierBallots} />
        </details>
      )}
    </Tile>
  );
}

function Ballots({ ballots }: { ballots: Ballot[] }) {
  return (
    <ul className="ballots">
      {ballots.map((ballot) => (
        <li key={`${ballot.voterId} ${ballot.at}`}>
          <p className="ballot-head">
            <State look={ballotLook(ballot)} />
            <span className="grow clip" data-tip={`Lineage ${ballot.lineage}`}>
              {ballot.voterId}
            </span>
            {ballot.person && <span className="chip">{ballot.captain ? 'captain' : 'person'}</span>}
            <span className="muted">
              <Ago at={ballot.at} />
            </span>
          </p>
          <p>{ballot.reason}</p>
        </li>
      ))}
    </ul>
  );
}
