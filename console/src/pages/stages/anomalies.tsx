// Agents that no longer behave as they always did: what was usual, what was seen, and those that stand still for it.
import { useState } from 'react';
import { shortId } from '../../lib/format.ts';
import { formatRate, formatSigmas, metricName } from '../../lib/stages.ts';
import { Ago } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { Empty, Loading, ProblemBox, Tile } from '../../parts/tile.tsx';
import { useAction, usePagedItems } from '../../queries.ts';
import { type Anomaly, type Pause, stagePaths, stagesApi } from '../../stages-api.ts';
import { useAnomalies, usePausedAgents, useRole } from '../../stages-queries.ts';

const agentOf = ({ scope }: Pause): string => scope.slice('agent:'.length);

export function Anomalies() {
  const list = useAnomalies();
  const { items, more, looking } = usePagedItems(list);
  return (
    <>
      <PausedAgents />
      <Tile title="Anomalies" flush menu={repeatItems(stagePaths.anomalies(), 'npx lazyark anomaly list')}>
        {!list.data && list.error && (
          <ProblemBox what="The anomalies cannot be read" error={list.error} retry={() => void list.refetch()} />
        )}
        {((!list.data && !list.error) || looking) && <Loading />}
        {list.data && items.length === 0 && !looking && (
          <Empty icon="shield" title="Every agent behaves as always">
            An agent that goes beyond three standard deviations of its own baseline is paused and shows here, with what
            was usual and what was seen. <code>npx lazyark anomaly behaviour agt_writer</code> shows a baseline.
          </Empty>
        )}
        {items.length > 0 && (
          <ul className="anomaly-list">
            {items.map((anomaly) => (
              <Row key={anomaly.anomalyId} anomaly={anomaly} />
            ))}
          </ul>
        )}
        {list.hasNextPage && (
          <button type="button" className="ghost tile-more" onClick={more}>
            Show older ones
          </button>
        )}
      </Tile>
    </>
  );
}

function Row({ anomaly }: { anomaly: Anomaly }) {
  const { agentId, metric, expected, deviation, observed, score, threshold, paused, at, reason } = anomaly;
  return (
    <li className="anomaly" data-tip={reason}>
      <span className={`state tone-${paused ? 'red' : 'amber'}`}>
        <Icon name={paused ? 'pause' : 'alert'} size={14} />
        <span>{paused ? 'Paused' : 'Told'}</span>
      </span>
      <div className="anomaly-what">
        <p>
          <strong>{shortId(agentId)}</strong> <span className="muted">{metricName(metric)}</span>
        </p>
        <p className="num">
          <strong>{formatRate(observed)}</strong> seen, {formatRate(expected)} ± {formatRate(deviation)} usual
        </p>
      </div>
      <p className="num anomaly-score">
        <strong>{formatSigmas(anomaly)}</strong>
        <span className="muted">
          score {formatRate(score)}, alarm at {formatRate(threshold)}
        </span>
      </p>
      <span className="muted anomaly-when">
        <Ago at={at} />
      </span>
    </li>
  );
}

function PausedAgents() {
  const { data = [] } = usePausedAgents();
  const captain = useRole('captain');
  const [asked, ask] = useState<string>();
  const resume = useAction(
    ({ agentId, reason }: { agentId: string; reason: string }) => stagesApi.resumeAgent(agentId, reason),
    ({ agentId }) => `${agentId} may act again`,
  );
  const close = (): void => {
    resume.reset();
    ask(undefined);
  };
  if (data.length === 0) return null;
  return (
    <Tile title="Paused agents" flush>
      <ul className="anomaly-list">
        {data.map((pause) => (
          <li key={pause.scope} className="paused">
            <span className="state tone-red">
              <Icon name="pause" size={14} /> <span>Paused</span>
            </span>
            <div className="anomaly-what">
              <Id id={agentOf(pause)} />
              <p className="wrap">{pause.reason}</p>
              <p className="muted">
                {pause.by}, <Ago at={pause.at} />
              </p>
            </div>
            {captain === false ? (
              <span className="muted">a captain resumes</span>
            ) : (
              <button type="button" onClick={() => ask(agentOf(pause))}>
                <Icon name="play" /> Resume
              </button>
            )}
          </li>
        ))}
      </ul>
      {asked && (
        <ReasonDialog
          title={`Resume ${asked}`}
          action="Resume the agent"
          pending={resume.isPending}
          error={resume.error}
          failed="It is still paused"
          onConfirm={(reason) => resume.mutate({ agentId: asked, reason }, { onSuccess: close })}
          onClose={close}
        >
          <p>Its waiting tasks go on. Its baseline stays; the evidence against it begins anew.</p>
        </ReasonDialog>
      )}
    </Tile>
  );
}
