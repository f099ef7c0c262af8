// One subject: its record, what is missing for the next step, how it came here; a captain's promote and demote.
import { useState } from 'react';
import { formatCount, plural } from '../../lib/format.ts';
import { disagreementOf, STEP_NAMES, stepLook, verdictOf } from '../../lib/stages.ts';
import { Ago } from '../../parts/clock.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Drawer } from '../../parts/overlay.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { State } from '../../parts/state.tsx';
import { Loading, ProblemBox } from '../../parts/tile.tsx';
import { useAction } from '../../queries.ts';
import { type Check, type Move, type StageReport, stagesApi } from '../../stages-api.ts';
import { useRole, useStage } from '../../stages-queries.ts';

export function StageDrawer({ subject, onClose }: { subject: string; onClose: () => void }) {
  const { data, error, refetch } = useStage(subject);
  const head = (
    <>
      <h2 className="wrap">{subject}</h2>
      {data && (
        <div className="facts">
          <State look={stepLook(data.step)} />
          <span className="muted">
            since <Ago at={data.since} />
          </span>
        </div>
      )}
    </>
  );
  return (
    <Drawer label={`Stage of ${subject}`} head={head} onClose={onClose}>
      {!data && error && <ProblemBox what="The stage cannot be read" error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={6} />}
      {data && <Report stage={data} />}
    </Drawer>
  );
}

function Report({ stage }: { stage: StageReport }) {
  const { promotion, record, money } = stage;
  const disagreement = disagreementOf(stage);
  const [candidate, incumbent] = [
    [record.candidateSucceeded, record.candidateFailed],
    [record.incumbentSucceeded, record.incumbentFailed],
  ] as const;
  return (
    <>
      <section className="drawer-part">
        <h3>Verdict</h3>
        <p>
          <State look={verdictOf(promotion)} />
        </p>
        {promotion.kind !== 'live' && <Checks checks={promotion.checks} />}
        <Moves stage={stage} />
      </section>
      <section className="drawer-part">
        <h3>Record at this step</h3>
        <dl className="pairs wide-names num">
          <dt>Decisions</dt>
          <dd>
            {formatCount(record.decisions)}, {formatCount(record.compared)} compared with what was really done
          </dd>
          <dt>Disagreed</dt>
          <dd>
            {disagreement
              ? `${disagreement.share}, with 95 % confidence at most ${disagreement.atMost ?? 'unknown'}`
              : 'nothing was compared yet: npx lazyark stage report says how'}
          </dd>
          <dt>Critical</dt>
          <dd>{formatCount(record.critical)}</dd>
          <dt>Would have spent</dt>
          <dd>
            ${(record.wouldSpendCents / 100).toFixed(2)}
            {money && ', real money'}
          </dd>
          <dt>Would be refused</dt>
          <dd>{plural(record.wouldBeRefused, 'time')}</dd>
          <dt>Candidate</dt>
          <dd>{ended(candidate)}</dd>
          <dt>Incumbent</dt>
          <dd>{ended(incumbent)}</dd>
        </dl>
      </section>
      <History moves={stage.history} />
    </>
  );
}

const ended = ([succeeded, failed]: readonly [number, number]): string =>
  succeeded + failed === 0 ? 'nothing ended yet' : `${formatCount(succeeded)} succeeded, ${formatCount(failed)} failed`;

function Checks({ checks }: { checks: Check[] }) {
  return (
    <ul className="ticks">
      {checks.map(({ rule, is, needed, met }) => (
        <li key={rule} className={`tone-${met ? 'green' : 'amber'}`}>
          <Icon name={met ? 'check' : 'clock'} />
          <span className="wrap">
            {rule}: <strong className="num">{is}</strong> <span className="muted num">needed {needed}</span>
            <span className="hidden">{met ? ', met' : ', missing'}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Moves({ stage: { subject, step, promotion } }: { stage: StageReport }) {
  const captain = useRole('captain');
  const [asked, ask] = useState<'promote' | 'demote'>();
  const earned = promotion.kind === 'promote';
  const move = useAction(
    ({ verb, reason }: { verb: 'promote' | 'demote'; reason: string }) =>
      verb === 'promote' ? stagesApi.promote(subject, reason, !earned) : stagesApi.demote(subject, reason),
    ({ verb }) => (verb === 'promote' ? `${subject} is one step on` : `${subject} is back in shadow`),
  );
  const close = (): void => {
    move.reset();
    ask(undefined);
  };
  if (captain === false) return <p className="muted">Only a captain may promote or demote it.</p>;
  const to = promotion.kind === 'live' ? undefined : STEP_NAMES[promotion.to];
  return (
    <div className="button-row">
      {to && (
        <button type="button" onClick={() => ask('promote')}>
          <Icon name="right" /> {earned ? `Promote to ${to}` : `Promote to ${to} although not earned`}
        </button>
      )}
      {step !== 'shadow' && (
        <button type="button" onClick={() => ask('demote')}>
          <Icon name="left" /> Back to shadow
        </button>
      )}
      {asked && (
        <ReasonDialog
          title={asked === 'promote' ? `${subject}: on to ${to}` : `${subject}: back to shadow`}
          action={asked === 'promote' ? `Promote to ${to}` : 'Back to shadow'}
          hold={asked === 'promote' && !earned}
          pending={move.isPending}
          error={move.error}
          failed="It was not moved"
          onConfirm={(reason) => move.mutate({ verb: asked, reason }, { onSuccess: close })}
          onClose={close}
        >
          <p>
            {asked === 'demote'
              ? 'At once. What it would do from now on is recorded and not done; it earns its way again.'
              : earned
                ? `From now on it acts on more: ${to}. It goes back by itself when it does worse than the incumbent.`
                : 'It has not earned this step. Forcing it is kept in the audit with your name and your reason.'}
          </p>
        </ReasonDialog>
      )}
    </div>
  );
}

function History({ moves }: { moves: Move[] }) {
  return (
    <section className="drawer-part">
      <h3>History</h3>
      {moves.length === 0 && <p className="muted">It has not moved yet.</p>}
      <ol className="history">
        {moves.map((move) => (
          <li key={`${move.at} ${move.to}`}>
            <p>
              <strong>{STEP_NAMES[move.to] ?? move.to}</strong>{' '}
              {move.from && <span className="muted">from {STEP_NAMES[move.from] ?? move.from}</span>}
              {move.forced && <span className="chip">forced</span>}
            </p>
            <p className="muted">
              {move.by}, <Ago at={move.at} />
            </p>
            <p className="wrap">{move.why}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
