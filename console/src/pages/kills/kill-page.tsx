// One kill: how it was contained, what became of each effect in flight, its certificate.
import { capital, formatAbsolute } from '../../lib/format.ts';
import { scopeWords } from '../../lib/kill-scope.ts';
import { fateLook } from '../../lib/safety-states.ts';
import { Ago } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { Fact } from '../../parts/fact.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Loading, PageHead, ProblemBox, Tile } from '../../parts/tile.tsx';
import { Link } from '../../router.tsx';
import { type KillView, safetyPaths } from '../../safety-api.ts';
import { useCertificate, useKill } from '../../safety-queries.ts';
import { CertificateButton, ContainmentState, InFlight, Points } from './containment.tsx';

export default function KillPage({ killId }: { killId: string }) {
  const { data, error, refetch } = useKill(killId);
  if (!data && error)
    return <ProblemBox what={`${killId} cannot be read`} error={error} retry={() => void refetch()} />;
  if (!data) return <Loading rows={8} />;
  const menu = repeatItems(safetyPaths.kill(killId), `npx lazyark kill show ${killId}`);
  return (
    <>
      <Link className="back" href="/kills">
        <Icon name="left" size={14} /> Kills
      </Link>
      <PageHead title={`Kill of ${scopeWords(data.scope)}`} menu={menu} />
      <div className="facts">
        <ContainmentState kill={data} />
        <Fact name="By">{data.by}</Fact>
        <Fact name="Pressed">
          <Ago at={data.at} />
        </Fact>
        <Id id={killId} />
      </div>
      <p className="quote">{data.reason}</p>
      {data.resumedAt && (
        <p className="inline-note tone-grey">
          <Icon name="play" /> {data.resumedBy} resumed on {formatAbsolute(data.resumedAt)}: {data.resumeReason}
        </p>
      )}
      <Tile title="Enforcement points" menu={menu} flush>
        <Points points={data.points} />
      </Tile>
      <Tile
        title="Effects in flight"
        menu={repeatItems(
          safetyPaths.certificate(killId),
          `npx lazyark kill certificate ${killId} --out ${killId}.json`,
        )}
      >
        <InFlight effects={data.effects} />
        <CertificateButton kill={data}>
          <span className="muted">
            Check it anywhere: <code>npx lazyark kill verify FILE</code>
          </span>
        </CertificateButton>
        <EffectList kill={data} />
      </Tile>
    </>
  );
}

const shownMost = 200;

/** The single effects stand in the certificate; until there is one, their counts above are what is known. */
function EffectList({ kill }: { kill: KillView }) {
  const { data, error } = useCertificate(kill.killId, kill.certificate?.sequence);
  if (!kill.certificate) return null;
  if (error && !data) return <ProblemBox what="The certificate cannot be read" error={error} />;
  if (!data) return <Loading />;
  if (data.effects.length === 0)
    return (
      <Empty icon="check" title="Nothing was in flight">
        When something is, each effect is listed here with what became of it.
      </Empty>
    );
  return (
    <ul className="effect-list" aria-label="Each effect in flight">
      {data.effects.slice(0, shownMost).map((effect) => (
        <li key={effect.effectId}>
          <State look={fateLook(effect.fate)} />
          <span className="effect-text">
            <span className="mono">{effect.action}</span> {effect.target}
            {effect.reason && <span className="muted">{capital(effect.reason)}</span>}
          </span>
          <Id id={effect.effectId} />
        </li>
      ))}
      {data.effects.length > shownMost && (
        <li className="muted">and {data.effects.length - shownMost} more in the certificate</li>
      )}
    </ul>
  );
}
