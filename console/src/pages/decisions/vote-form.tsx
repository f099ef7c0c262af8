// A vote: for, against or neither, with a reason; of several proposals those agreed to, best first.
import { useId, useState } from 'react';
import { Icon } from '../../parts/icon.tsx';
import { ProblemBox } from '../../parts/tile.tsx';
import { useAction } from '../../queries.ts';
import { type Decision, safetyApi, type Vote } from '../../safety-api.ts';

const leastReason = 3;
const DONE = { approve: 'Vote counted: approved', reject: 'Vote counted: refused', abstain: 'Vote counted: abstained' };

/** What is voted on is what was read: the digest goes with the vote, and a proposal that changed since is refused. */
export function VoteForm({ decision }: { decision: Decision }) {
  const id = useId();
  const [reason, setReason] = useState('');
  const [ranking, setRanking] = useState<string[]>([]);
  const contest = decision.proposed.length > 1;
  const cast = useAction(
    (said: Pick<Vote, 'choice' | 'ranking'>) =>
      safetyApi.vote(decision.decisionId, { ...said, reason: reason.trim(), digest: decision.digest }),
    ({ choice = 'approve' }) => DONE[choice],
  );
  const ready = reason.trim().length >= leastReason && !cast.isPending;
  return (
    <form className="vote" onSubmit={(event) => event.preventDefault()} aria-label="Your vote">
      {contest && <Ranking decision={decision} ranking={ranking} onChange={setRanking} />}
      <div className="field">
        <label className="label" htmlFor={id}>
          Why, for everybody to read
        </label>
        <textarea
          id={id}
          rows={2}
          value={reason}
          maxLength={500}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setReason(event.target.value)}
        />
        <span id={`${id}-hint`} className="hint">
          A vote counts once and cannot be taken back.
        </span>
      </div>
      <div className="vote-buttons">
        {contest ? (
          <button
            type="button"
            className="primary"
            disabled={!ready || ranking.length === 0}
            onClick={() => cast.mutate({ ranking })}
          >
            <Icon name="check" /> Vote for {ranking.length || 'those'} picked
          </button>
        ) : (
          <button
            type="button"
            className="primary"
            disabled={!ready}
            onClick={() => cast.mutate({ choice: 'approve' })}
          >
            <Icon name="check" /> Approve
          </button>
        )}
        <button type="button" className="danger" disabled={!ready} onClick={() => cast.mutate({ choice: 'reject' })}>
          <Icon name="cross" /> Refuse
        </button>
        <button type="button" disabled={!ready} onClick={() => cast.mutate({ choice: 'abstain' })}>
          Abstain
        </button>
      </div>
      {cast.error && <ProblemBox what="The vote was not taken" error={cast.error} />}
    </form>
  );
}

type RankingProps = { decision: Decision; ranking: string[]; onChange: (ranking: string[]) => void };

/** Picked in the order of preference; picking again takes it out. */
function Ranking({ decision, ranking, onChange }: RankingProps) {
  return (
    <fieldset className="field">
      <legend className="label">Those you agree to, best first</legend>
      <div className="ranking">
        {decision.proposed.map(({ effectId, choice }) => {
          const at = ranking.indexOf(effectId);
          const next = at < 0 ? [...ranking, effectId] : ranking.filter((each) => each !== effectId);
          return (
            <button key={effectId} type="button" aria-pressed={at >= 0} onClick={() => onChange(next)}>
              <span className="rank num">{at < 0 ? '–' : at + 1}</span>
              <span className="clip">{choice ?? effectId}</span>
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}
