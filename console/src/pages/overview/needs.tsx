// What waits for a person, the oldest first, each with the one link that leads to doing something about it.
import { useState } from 'react';
import type { Mode, Need } from '../../api.ts';
import { paths } from '../../api.ts';
import { hrefOf, routeOfId } from '../../lib/routes.ts';
import { Ago } from '../../parts/clock.tsx';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { Empty, Tile } from '../../parts/tile.tsx';
import { Link } from '../../router.tsx';

const LOOK: Record<Need['kind'], { word: string; icon: IconName; tone: 'red' | 'amber' }> = {
  dead_letter: { word: 'Dead letter', icon: 'inbox', tone: 'red' },
  objective_failed: { word: 'Failed', icon: 'cross', tone: 'red' },
  objective_stalled: { word: 'Stalled', icon: 'clock', tone: 'amber' },
};
const shownFirst = 6;

export function Needs({ needs, mode }: { needs: Need[]; mode: Mode }) {
  const [all, setAll] = useState(false);
  const shown = all ? needs : needs.slice(0, shownFirst);
  return (
    <Tile
      title="Needs a person"
      menu={repeatItems(paths.deadLetters(), 'npx lazyark task list --status dead_letter')}
      note={needs.length > 0 ? <span className="count tone-red">{needs.length}</span> : undefined}
      flush
    >
      {needs.length === 0 && <Calm mode={mode} />}
      <ul className="need-list">
        {shown.map((need) => (
          <NeedLine key={`${need.kind} ${need.id}`} need={need} />
        ))}
      </ul>
      {needs.length > shown.length && (
        <button type="button" className="ghost tile-more" onClick={() => setAll(true)}>
          Show {needs.length - shown.length} more
        </button>
      )}
    </Tile>
  );
}

function NeedLine({ need }: { need: Need }) {
  const look = LOOK[need.kind] ?? { word: need.kind, icon: 'alert', tone: 'amber' };
  const route = routeOfId(need.id);
  return (
    <li>
      <Link href={route ? hrefOf(route) : '/objectives'} className="need">
        <span className={`need-icon tone-${look.tone}`}>
          <Icon name={look.icon} />
        </span>
        <span className="need-text">
          <span className="need-title">{need.title}</span>
          <span className="need-what">
            <strong className={`tone-${look.tone}`}>{look.word}</strong> · {need.what}
          </span>
        </span>
        <span className="need-since">
          <Ago at={need.since} />
        </span>
        <Icon name="right" />
      </Link>
    </li>
  );
}

function Calm({ mode }: { mode: Mode }) {
  if (mode === 'not_bootstrapped') {
    return (
      <Empty icon="seed" title="The swarm is not bootstrapped">
        Its agents have to be registered once: <code>npx lazyark bootstrap</code>
      </Empty>
    );
  }
  return (
    <Empty icon="check" title="Nothing waits for you">
      Dead letters, failed and stalled objectives appear here, the oldest first.
    </Empty>
  );
}
