// One proposal: everything it said before it was decided, beside what really happened.
import type { ReactNode } from 'react';
import { formatAmount } from '../../lib/amounts.ts';
import { capital } from '../../lib/format.ts';
import { effectLook } from '../../lib/safety-states.ts';
import { Ago } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Json } from '../../parts/json.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { Bar } from '../../parts/progress.tsx';
import { State } from '../../parts/state.tsx';
import { Tile } from '../../parts/tile.tsx';
import { Link } from '../../router.tsx';
import type { Amounts, Proposed } from '../../safety-api.ts';

type Props = { proposal: Proposed; title: string; chosen: boolean; points?: number };

export function Proposal({ proposal, title, chosen, points }: Props) {
  const { effectId, action, target, rationale, options = [], choice, context } = proposal;
  const { confidence } = proposal;
  const note = (
    <span className="proposal-note">
      {points !== undefined && <span className="muted num">{points} points</span>}
      {chosen && <span className="chip">chosen</span>}
      <Id id={effectId} />
    </span>
  );
  return (
    <Tile
      title={title}
      note={note}
      menu={repeatItems(`/effects/${encodeURIComponent(effectId)}`, `npx lazyark effect show ${effectId}`)}
    >
      <div className="proposal">
        <Part title="What and why">
          <p>
            <span className="mono">{action}</span> on <span className="wrap">{target}</span>
          </p>
          {rationale && <p className="quote">{rationale}</p>}
        </Part>
        <Part title="Options">
          <ul className="options">
            {options.map((option) => (
              <li key={option} className={option === choice ? 'picked' : undefined}>
                {option === choice ? <Icon name="check" size={14} /> : <span className="dot" />}
                <span>{option}</span>
                {option === choice && <span className="chip">choice</span>}
              </li>
            ))}
          </ul>
        </Part>
        {confidence !== undefined && (
          <Part title="Confidence">
            <p className="confidence">
              <Bar
                percent={confidence * 100}
                tone={confidence < 0.7 ? 'amber' : 'blue'}
                label={`Confidence ${Math.round(confidence * 100)} %`}
              />
              <span className="num">{Math.round(confidence * 100)} %</span>
              {confidence < 0.7 && <span className="muted">below 70 % a person has to agree</span>}
            </p>
          </Part>
        )}
        <Impact proposal={proposal} />
        <Part title="Way back">
          <p>{wayBack(proposal)}</p>
        </Part>
        {context && Object.keys(context).length > 0 && (
          <Part title="Context">
            <Json value={context} label="Context" />
          </Part>
        )}
        <p>
          <Link href={`/audit?q=${encodeURIComponent(effectId)}`}>Audit entries of this effect</Link>
        </p>
      </div>
    </Tile>
  );
}

function wayBack({ reversible, undo }: Proposed): string {
  if (undo) return capital(undo);
  if (reversible === 'nothing_to_undo') return 'There is nothing to undo.';
  return reversible === 'no' ? 'It cannot be undone.' : 'It can be undone; how was not said.';
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="drawer-part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** What was expected at most beside what it really took. */
function Impact({ proposal }: { proposal: Proposed }) {
  const { expectedImpact = {}, outcome } = proposal;
  const happened = outcome ? effectLook(outcome.status) : undefined;
  return (
    <Part title="Expected and real">
      <table className="impact-table">
        <thead>
          <tr>
            <th scope="col">
              <span className="hidden">What</span>
            </th>
            <th scope="col">Expected at most</th>
            <th scope="col">Real</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(expectedImpact).map(([unit, amount]) => (
            <tr key={unit}>
              <th scope="row">{UNIT_NAMES[unit] ?? unit}</th>
              <td className="num">{formatAmount(unit, amount)}</td>
              <td className="num">{realAmount(unit, outcome?.impact)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {outcome && happened && (
        <p className="outcome">
          <State look={happened} />
          <span>{capital(outcome.outcome ?? outcome.reason ?? '')}</span>
          {outcome.settledAt && (
            <span className="muted">
              <Ago at={outcome.settledAt} />
            </span>
          )}
        </p>
      )}
    </Part>
  );
}

const UNIT_NAMES: Record<string, string> = { spendCents: 'Spend', apiCalls: 'Calls', files: 'Files', tokens: 'Tokens' };
const realAmount = (unit: string, real?: Amounts) =>
  real?.[unit] === undefined ? <span className="muted">not known yet</span> : formatAmount(unit, real[unit]);
