// How far a kill is contained, as it happens: each enforcement point, what was in flight, the certificate to keep.
import type { ReactNode } from 'react';
import { formatCount, formatDuration, plural, toMs } from '../../lib/format.ts';
import { fateLook, killLook } from '../../lib/safety-states.ts';
import { Ago, Elapsed } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { State } from '../../parts/state.tsx';
import { Loading, ProblemBox } from '../../parts/tile.tsx';
import { useAction } from '../../queries.ts';
import { type Fates, type KillView, type Point, safetyApi } from '../../safety-api.ts';
import { useKill } from '../../safety-queries.ts';

/** For the kill dialog: reads the kill itself, and shows it whole. */
export function LiveContainment({ killId }: { killId: string }) {
  const { data, error, refetch } = useKill(killId);
  if (!data && error)
    return (
      <ProblemBox
        what="The kill holds, but its containment cannot be read"
        error={error}
        retry={() => void refetch()}
      />
    );
  if (!data) return <Loading rows={5} />;
  return (
    <section className="containment" aria-label="Containment">
      <ContainmentState kill={data} />
      <Points points={data.points} />
      <InFlight effects={data.effects} />
      <CertificateButton kill={data} />
    </section>
  );
}

export function ContainmentState({ kill }: { kill: KillView }) {
  const end = kill.containedAt ?? kill.resumedAt;
  const missing = kill.points.filter(({ state }) => state === 'waiting').length;
  return (
    <p className="containment-state" aria-live="polite">
      <State look={killLook(kill)} soft />
      <span className="num">
        {kill.containedAt ? 'after ' : end ? 'lifted after ' : 'for '}
        <Elapsed from={kill.at} to={end} />
      </span>
      {kill.status === 'containing' && (
        <span className="muted">
          {missing > 0
            ? `waits for ${plural(missing, 'point')}`
            : kill.effects.open > 0
              ? `waits for ${plural(kill.effects.open, 'effect')}`
              : 'looks once more'}
        </span>
      )}
    </p>
  );
}

export function Points({ points }: { points: Point[] }) {
  return (
    <ol className="points" aria-label="Enforcement points">
      {points.map((point) => (
        <li key={point.point} className={point.state === 'confirmed' ? 'tone-green' : 'tone-amber'}>
          <Icon name={point.state === 'confirmed' ? 'check' : 'clock'} />
          <span className="point-text">
            <span>{point.title}</span>
            <span className="muted" data-tip={point.detail ?? undefined}>
              {[point.room, ...countWords(point.counts)].join(' · ')}
            </span>
          </span>
          <span className="num point-time">
            {point.afterMs === null ? 'Waiting' : `Confirmed after ${formatDuration(point.afterMs)}`}
          </span>
        </li>
      ))}
    </ol>
  );
}

const countWords = (counts: Record<string, number>): string[] =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${formatCount(count)} ${what.replaceAll('_', ' ')}`);

const FATES = ['finished', 'stopped', 'unknown', 'open'] as const;

/** What was in flight when the kill came, and what has become of it so far. */
export function InFlight({ effects }: { effects: Fates }) {
  return (
    <div className="fates">
      <p>
        <strong className="num">{formatCount(effects.inFlight)}</strong>{' '}
        {effects.inFlight === 1 ? 'effect was' : 'effects were'} in flight
      </p>
      {effects.inFlight > 0 && (
        <ul>
          {FATES.map((fate) => (
            <li key={fate}>
              <span className="num">{formatCount(effects[fate])}</span>
              <State look={fateLook(fate)} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The signed file as the server answered it; it can be checked without this console and without the server. */
export function CertificateButton({ kill, children }: { kill: KillView; children?: ReactNode }) {
  const { killId, certificate } = kill;
  const save = useAction(
    async (sequence: number) => {
      const file = await safetyApi.certificate(killId);
      saveFile(`${killId}-certificate-${sequence}.json`, `${JSON.stringify(file, null, 2)}\n`, 'application/json');
    },
    () => 'Certificate downloaded',
  );
  if (!certificate)
    return (
      <p className="muted certificate-note">
        <Icon name="file" /> The signed certificate can be downloaded here as soon as the kill is contained.
      </p>
    );
  return (
    <div className="certificate">
      <button type="button" disabled={save.isPending} onClick={() => save.mutate(certificate.sequence)}>
        <Icon name="download" /> Download certificate
      </button>
      <span className="muted">
        No. {certificate.sequence}, signed <Ago at={certificate.issuedAt} />
      </span>
      {children}
    </div>
  );
}

/** Who pressed, when and why. */
export function KillFacts({ kill }: { kill: Pick<KillView, 'killId' | 'by' | 'at' | 'reason'> }) {
  return (
    <p className="kill-facts">
      “{kill.reason}” — {kill.by}, {Number.isNaN(toMs(kill.at)) ? kill.at : <Ago at={kill.at} />}{' '}
      <Id id={kill.killId} />
    </p>
  );
}
