// One entry of the audit trail: what changed leaf by leaf, and its place in the chain.
import { useMemo, useState } from 'react';
import type { AuditEntry } from '../../api.ts';
import { type DiffLine, diffLines } from '../../lib/diff.ts';
import { formatAbsolute, formatCount } from '../../lib/format.ts';
import type { Tone } from '../../lib/states.ts';
import { Id } from '../../parts/copy.tsx';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { Json } from '../../parts/json.tsx';
import { Drawer } from '../../parts/overlay.tsx';
import { ProofCheck } from './proof-check.tsx';

const KINDS: Record<string, { word: string; icon: IconName; tone: Tone }> = {
  INSERT: { word: 'Added', icon: 'plus', tone: 'green' },
  MODIFY: { word: 'Changed', icon: 'pencil', tone: 'blue' },
  REMOVE: { word: 'Removed', icon: 'minus', tone: 'red' },
};

export function Kind({ kind }: { kind: string }) {
  const { word, icon, tone } = KINDS[kind.toUpperCase()] ?? { word: kind, icon: 'pencil', tone: 'grey' };
  return (
    <span className={`state tone-${tone}`}>
      <Icon name={icon} size={14} />
      <span>{word}</span>
    </span>
  );
}

export function EntryDrawer({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  const lines = useMemo(() => diffLines(entry.changes), [entry]);
  const head = (
    <>
      <h2 className="num">
        {entry.lane} #{formatCount(entry.seq)}
      </h2>
      <div className="facts">
        <Kind kind={entry.kind} />
        <Id id={entry.entryId} />
      </div>
    </>
  );
  return (
    <Drawer label={`Audit entry ${entry.lane} ${entry.seq}`} head={head} onClose={onClose}>
      <dl className="pairs">
        <dt>When</dt>
        <dd className="num">{formatAbsolute(entry.at)}</dd>
        <dt>By</dt>
        <dd>{entry.by}</dd>
        <dt>Why</dt>
        <dd>{entry.why || <span className="muted">not said</span>}</dd>
        <dt>Table</dt>
        <dd>{entry.table}</dd>
        <dt>Item</dt>
        <dd className="mono wrap">
          {entry.item.pk} / {entry.item.sk}
        </dd>
      </dl>
      <section className="drawer-part">
        <h3>Before and after</h3>
        <Diff lines={lines} />
      </section>
      <section className="drawer-part">
        <h3>Place in the chain</h3>
        <ol className="chain">
          <li>
            <span className="muted">Hash before</span>{' '}
            {entry.previousHash ? (
              <Id id={entry.previousHash} hash />
            ) : (
              <span className="muted">in the batch before</span>
            )}
          </li>
          <li>
            <span>This entry</span> <Id id={entry.hash} hash />
          </li>
        </ol>
      </section>
      <ProofCheck key={entry.entryId} entry={entry} />
      <Whole entry={entry} />
    </Drawer>
  );
}

function Diff({ lines }: { lines: DiffLine[] }) {
  if (lines.length === 0) return <p className="muted">No value of the item changed.</p>;
  return (
    <ul className="diff">
      {lines.map((line) => (
        <li key={line.path}>
          <span className="diff-path mono">{line.path}</span>
          {line.kind !== 'added' && (
            <del className="mono">
              <span aria-hidden="true">− </span>
              {line.before}
            </del>
          )}
          {line.kind !== 'removed' && (
            <ins className="mono">
              <span aria-hidden="true">+ </span>
              {line.after}
            </ins>
          )}
        </li>
      ))}
    </ul>
  );
}

function Whole({ entry }: { entry: AuditEntry }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="drawer-part" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The whole entry as data</summary>
      {open && <Json value={entry} label="The whole entry" />}
    </details>
  );
}
