// Limits: how much of each is used, reserved and left, who took last, and what was refused.
import { formatAmount, formatBare, gaugeOf } from '../../lib/amounts.ts';
import { formatCount, formatDuration } from '../../lib/format.ts';
import { Ago } from '../../parts/clock.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Loading, PageHead, ProblemBox } from '../../parts/tile.tsx';
import { usePagedItems } from '../../queries.ts';
import { Link } from '../../router.tsx';
import { type Limit, type Noted, safetyPaths } from '../../safety-api.ts';
import { useLimits } from '../../safety-queries.ts';

export default function LimitsPage() {
  const list = useLimits();
  const { items, more, looking } = usePagedItems(list);
  return (
    <>
      <PageHead title="Limits" menu={repeatItems(safetyPaths.limits(), 'npx lazyark limit list')} />
      <p className="muted">
        What an effect may take at most is reserved when it begins; what it did not need goes back when it ends. The
        limits stand in <code>config/gate.yaml</code>; <code>npx lazyark policy set gate.yaml</code> changes them.
      </p>
      {!list.data && list.error && (
        <ProblemBox what="The limits cannot be read" error={list.error} retry={() => void list.refetch()} />
      )}
      {((!list.data && !list.error) || looking) && <Loading rows={6} />}
      {list.data && items.length === 0 && !looking && (
        <Empty icon="gauge" title="No limit is in force">
          Limits are declared under <code>limits</code> in <code>config/gate.yaml</code> and put in force by{' '}
          <code>npx lazyark bootstrap</code>. Each then shows here as a gauge.
        </Empty>
      )}
      <ul className="gauges">
        {items.map((limit) => (
          <Gauge key={`${limit.name} ${limit.subject}`} limit={limit} />
        ))}
      </ul>
      {list.hasNextPage && items.length > 0 && (
        <button type="button" className="align-start" onClick={more}>
          Show more
        </button>
      )}
    </>
  );
}

function Gauge({ limit }: { limit: Limit }) {
  const { name, subject, unit, most, reserved, used, left, lastTaken, lastRefused, refused } = limit;
  const { tone, word, usedPercent, reservedPercent } = gaugeOf(limit);
  const look = { word, tone, icon: ICONS[tone] ?? 'check', why: `${formatAmount(unit, left)} left` } as const;
  return (
    <li className="tile gauge">
      <header>
        <h2>{name}</h2>
        <State look={look} soft />
      </header>
      <p className="muted">
        {subject === 'all' ? 'The whole swarm' : subject} · {formatAmount(unit, most)} {windowWords(limit)}
      </p>
      <div
        className={`gauge-bar tone-${tone}`}
        role="img"
        aria-label={`${formatBare(unit, used)} used, ${formatBare(unit, reserved)} reserved, ${formatBare(unit, left)} left`}
      >
        <span style={{ width: `${usedPercent}%` }} />
        <span className="reserved" style={{ width: `${reservedPercent}%` }} />
      </div>
      <dl className="gauge-figures">
        <Figure name="Used" value={formatBare(unit, used)} />
        <Figure name="Reserved" value={formatBare(unit, reserved)} />
        <Figure name="Left" value={formatBare(unit, left)} />
      </dl>
      <ul className="gauge-notes">
        <li>
          <Icon name="hand" size={14} />{' '}
          {lastTaken ? <Who noted={lastTaken} what="took last" /> : 'Nobody took of it yet'}
        </li>
        <li className={refused > 0 ? 'tone-red' : undefined}>
          <Icon name={refused > 0 ? 'cross' : 'check'} size={14} />
          <span>
            {refused > 0 ? `${formatCount(refused)} refused` : 'Nothing refused'}
            {lastRefused && (
              <>
                : <Who noted={lastRefused} what={refusedWords(limit)} />
              </>
            )}
          </span>
        </li>
      </ul>
      {limit.renewsAt && (
        <p className="muted gauge-foot">
          Begins anew <Ago at={limit.renewsAt} />
        </p>
      )}
    </li>
  );
}

const ICONS: Record<string, 'check' | 'alert' | 'stop'> = { blue: 'check', amber: 'alert', red: 'stop' };

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">{value}</dd>
    </div>
  );
}

function Who({ noted, what }: { noted: Noted; what: string }) {
  return (
    <span>
      <Link href={`/audit?q=${encodeURIComponent(noted.effectId)}`}>{noted.by}</Link> {what}, <Ago at={noted.at} />
    </span>
  );
}

const refusedWords = ({ unit, lastRefused }: Limit): string =>
  lastRefused?.amount === undefined
    ? 'asked for more than was left'
    : `asked for ${formatAmount(unit, lastRefused.amount)}, more than was left`;

const windowWords = ({ window, seconds }: Limit): string =>
  `${window === 'fixed' ? 'in each' : 'within any'} ${unitOf(seconds)}`;

const unitOf = (seconds: number): string =>
  ({ 60: 'minute', 3600: 'hour', 86400: 'day' })[seconds] ?? formatDuration(seconds * 1000);
