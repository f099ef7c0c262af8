// Shadow & canary: how far new autonomous logic has come, what it would have done; and agents that no longer behave.
import { formatCount, formatDuration } from '../../lib/format.ts';
import { disagreementOf, STEP_NAMES, STEPS, stepLook, verdictOf } from '../../lib/stages.ts';
import { repeatItems } from '../../parts/menu.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Loading, PageHead, ProblemBox } from '../../parts/tile.tsx';
import { useQueryValue } from '../../router.tsx';
import { type Stage, stagePaths } from '../../stages-api.ts';
import { useStages } from '../../stages-queries.ts';
import { Anomalies } from './anomalies.tsx';
import { StageDrawer } from './stage-drawer.tsx';

export default function StagesPage() {
  const { data, error, refetch } = useStages();
  const [selected, select] = useQueryValue('subject');
  const stages = data?.items ?? [];
  return (
    <>
      <PageHead title="Stages" menu={repeatItems(stagePaths.stages(), 'npx lazyark stage list')} />
      {!data && error && <ProblemBox what="The stages cannot be read" error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={4} />}
      {data && stages.length === 0 && (
        <Empty icon="shadow" title="Nothing is under a stage">
          New autonomous logic is recorded first and acts later: in shadow it does nothing, then it acts on 1, 10 and 50
          % of operations. Put a capability or an action there with{' '}
          <code>npx lazyark stage start feedback.nps --reason …</code>
        </Empty>
      )}
      {stages.length > 0 && (
        <ul className="stage-tiles">
          {stages.map((stage) => (
            <StageTile
              key={stage.subject}
              stage={stage}
              picked={selected === stage.subject}
              onPick={() => select(selected === stage.subject ? '' : stage.subject)}
            />
          ))}
        </ul>
      )}
      <Anomalies />
      {selected && <StageDrawer key={selected} subject={selected} onClose={() => select('')} />}
    </>
  );
}

function StageTile({ stage, picked, onPick }: { stage: Stage; picked: boolean; onPick: () => void }) {
  const { subject, step, record, candidate, daysAtThisStep, promotion } = stage;
  const disagreement = disagreementOf(stage);
  return (
    <li className={`tile stage-tile${picked ? ' picked' : ''}`}>
      <header>
        <button type="button" className="stage-link clip" aria-pressed={picked} onClick={onPick}>
          {subject}
        </button>
        <State look={stepLook(step)} soft />
      </header>
      <Track stage={stage} />
      <dl className="stage-figures num">
        <div>
          <dt>At this step</dt>
          <dd>{formatDuration(daysAtThisStep * 86_400_000)}</dd>
        </div>
        <div>
          <dt>Decisions</dt>
          <dd>{formatCount(record.decisions)}</dd>
        </div>
        <div data-tip={disagreement?.atMost && `With 95 % confidence at most ${disagreement.atMost}`}>
          <dt>Disagreed</dt>
          <dd>{disagreement ? disagreement.share : <span className="muted">not compared</span>}</dd>
        </div>
      </dl>
      <footer>
        <State look={verdictOf(promotion)} />
        {candidate && <span className="chip mono">{candidate}</span>}
      </footer>
    </li>
  );
}

/** The five steps, those that are behind it filled. */
function Track({ stage: { step } }: { stage: Stage }) {
  const at = STEPS.indexOf(step);
  return (
    <ol className={`track tone-${stepLook(step).tone}`} aria-label={`${STEP_NAMES[step]}, step ${at + 1} of 5`}>
      {STEPS.map((each, n) => (
        <li key={each} className={n <= at ? 'passed' : undefined} data-tip={STEP_NAMES[each]} />
      ))}
    </ol>
  );
}
