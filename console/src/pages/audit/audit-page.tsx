// Audit: every change as an entry of a chain; searchable, newest first, with before and after.
import { useEffect, useState } from 'react';
import { type AuditEntry, paths } from '../../api.ts';
import { formatCount, shortId } from '../../lib/format.ts';
import { Ago } from '../../parts/clock.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { Rows } from '../../parts/rows.tsx';
import { Empty, Loading, PageHead, ProblemBox } from '../../parts/tile.tsx';
import { useAudit, usePagedItems } from '../../queries.ts';
import { useQueryValue } from '../../router.tsx';
import { EntryDrawer, Kind } from './entry-drawer.tsx';
import { LaneHeads, useLaneHeads } from './lane-heads.tsx';
import { RootTile } from './root-tile.tsx';

const COLUMNS = [
  { name: 'Entry', className: 'col-entry' },
  { name: 'Change', className: 'col-kind' },
  { name: 'Item' },
  { name: 'By', className: 'col-actor' },
  { name: 'Why', className: 'col-why' },
  { name: 'When', className: 'col-ago' },
];
const typingPauseMs = 250;

export function AuditPage() {
  const [lane, setLane] = useQueryValue('lane');
  const [q, setQ] = useQueryValue('q');
  const [selected, select] = useQueryValue('entry');
  const list = useAudit(lane, q);
  const { items, pages, more, looking } = usePagedItems(list);
  const heads = useLaneHeads();
  const newer = heads.reduce((sum, { seal }) => sum + (seal?.kind === 'newer' ? seal.entries : 0), 0);
  const entry = items.find((each) => each.entryId === selected);
  return (
    <>
      <PageHead title="Audit" menu={repeatItems(paths.audit(lane, q), 'npx lazyark audit verify')} />
      {list.data && <RootTile newer={newer} />}
      <LaneHeads heads={heads} lane={lane} onPick={setLane} />
      <Search value={q} onChange={setQ} />
      {!list.data && list.error && (
        <ProblemBox what="The audit trail cannot be read" error={list.error} retry={() => void list.refetch()} />
      )}
      {((!list.data && !list.error) || looking) && <Loading rows={8} />}
      {list.data && items.length === 0 && !looking && <NoEntries searched={Boolean(q || lane)} />}
      {items.length > 0 && (
        <Rows
          items={items}
          label="Audit entries"
          heights={{ wide: 44, narrow: 60 }}
          columns={COLUMNS}
          keyOf={(each) => each.entryId}
          row={(each) => <Cells entry={each} selected={each.entryId === selected} onSelect={select} />}
          pages={pages}
          onEnd={more}
        />
      )}
      {entry && <EntryDrawer entry={entry} onClose={() => select('')} />}
    </>
  );
}

function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the pause anew
  useEffect(() => {
    const timer = setTimeout(() => onChange(typed.trim()), typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <div className="search-field">
      <Icon name="search" />
      <input
        type="search"
        aria-label="Search the audit trail"
        placeholder="Search by id, actor, table or reason"
        value={typed}
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
      />
    </div>
  );
}

function Cells({
  entry,
  selected,
  onSelect,
}: {
  entry: AuditEntry;
  selected: boolean;
  onSelect: (entryId: string) => void;
}) {
  return (
    <>
      <td className="col-entry">
        <button
          type="button"
          className="entry-link num"
          aria-pressed={selected}
          onClick={() => onSelect(selected ? '' : entry.entryId)}
        >
          <span className="muted">{entry.lane}</span> #{formatCount(entry.seq)}
        </button>
      </td>
      <td className="col-kind">
        <Kind kind={entry.kind} />
      </td>
      <td className="col-main">
        <span className="muted">{entry.table}</span>
        <span className="mono clip" data-tip={`${entry.item.pk}\n${entry.item.sk}`}>
          {itemName(entry.item)}
        </span>
      </td>
      <td className="col-actor clip">{entry.by}</td>
      <td className="col-why clip" data-tip={entry.why || undefined}>
        {entry.why || <span className="muted">–</span>}
      </td>
      <td className="col-ago muted">
        <Ago at={entry.at} />
      </td>
    </>
  );
}

/** Long ids by their ends, which tell them apart; the whole key is on hover and in the drawer. */
const itemName = ({ pk, sk }: AuditEntry['item']): string =>
  pk === sk ? shortId(pk) : `${shortId(pk)} / ${shortId(sk)}`;

function NoEntries({ searched }: { searched: boolean }) {
  return (
    <Empty icon="audit" title={searched ? 'No entry fits' : 'No entries yet'}>
      {searched ? (
        'Search looks at ids, actors, tables and reasons. Try the beginning of an id.'
      ) : (
        <>
          Every change of every table becomes an entry that is chained to the one before. Submit an objective, then
          check the chain with <code>npx lazyark audit verify</code>
        </>
      )}
    </Empty>
  );
}
