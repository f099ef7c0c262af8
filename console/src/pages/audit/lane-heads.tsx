// The head of each lane's chain, and how far the last signed root covers it.
import { formatCount, plural } from '../../lib/format.ts';
import { type SealState, sealState } from '../../lib/seal-state.ts';
import { Id } from '../../parts/copy.tsx';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { useLastRoot, useStatus } from '../../queries.ts';

type LaneHead = { lane: string; entries: number; head: string; seal?: SealState };

/** The lanes with their state under the last root; without one while no root was read. */
export function useLaneHeads(): LaneHead[] {
  const status = useStatus();
  const { data: root, dataUpdatedAt } = useLastRoot();
  const readBefore = status.dataUpdatedAt < dataUpdatedAt;
  const lanes = status.data?.audit.lanes ?? [];
  return lanes.map((lane) => (root ? { ...lane, seal: sealState(lane, root.lanes, readBefore) } : lane));
}

const LOOKS: Record<SealState['kind'], { tone: string; icon: IconName; tip: (entries: number) => string }> = {
  sealed: { tone: 'green', icon: 'check', tip: () => 'Every entry is under the last signed root' },
  newer: {
    tone: 'grey',
    icon: 'clock',
    tip: (entries) => `${plural(entries, 'entry is', 'entries are')} newer than the last signed root`,
  },
  cut_off: {
    tone: 'red',
    icon: 'alert',
    tip: (entries) => `Cut off: the signed root covers ${plural(entries, 'entry', 'entries')} more than there are`,
  },
};

/** Whoever has the head of a lane can tell whether any earlier entry was touched. */
export function LaneHeads({
  heads,
  lane,
  onPick,
}: {
  heads: LaneHead[];
  lane: string;
  onPick: (lane: string) => void;
}) {
  if (heads.length === 0) return null;
  return (
    <ul className="lanes" aria-label="Lanes of the chain">
      {heads.map((each) => (
        <li key={each.lane} className={lane === each.lane ? 'picked' : undefined}>
          <button
            type="button"
            className="lane"
            aria-pressed={lane === each.lane}
            data-tip={lane === each.lane ? 'Show all lanes' : 'Show only this lane'}
            onClick={() => onPick(lane === each.lane ? '' : each.lane)}
          >
            <Icon name="link" size={14} />
            <span className="clip">{each.lane}</span>
            <span className="muted num">{formatCount(each.entries)}</span>
          </button>
          {each.seal && <Seal seal={each.seal} />}
          <Id id={each.head} hash />
        </li>
      ))}
    </ul>
  );
}

function Seal({ seal }: { seal: SealState }) {
  const { tone, icon, tip } = LOOKS[seal.kind];
  const said = tip(seal.kind === 'sealed' ? 0 : seal.entries);
  return (
    <span className={`state tone-${tone}`} data-tip={said}>
      <Icon name={icon} size={14} />
      <span className="hidden">{said}</span>
    </span>
  );
}
