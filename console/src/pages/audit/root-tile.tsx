// The last signed root: how old it is, what it covers, whose key signed it; and what auditors take home.
import { useState } from 'react';
import { auditApi, auditPaths, type Root } from '../../audit-api.ts';
import { formatCount, plural } from '../../lib/format.ts';
import { isLate } from '../../lib/seal-state.ts';
import { Ago, useNow } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { Loading, ProblemBox, Tile } from '../../parts/tile.tsx';
import { useAction, useLastRoot } from '../../queries.ts';

export function RootTile({ newer }: { newer: number }) {
  const { data: root, error, refetch } = useLastRoot();
  return (
    <Tile title="Last signed root" menu={repeatItems(auditPaths.lastRoot(), 'npx lazyark audit roots')}>
      {root === undefined && error && (
        <ProblemBox what="The signed roots cannot be read" error={error} retry={() => void refetch()} />
      )}
      {root === undefined && !error && <Loading rows={2} />}
      {root === null && (
        <p className="muted">
          No root is signed yet. The first is signed within a minute of the first entry; “Seal now” does not wait.
        </p>
      )}
      {root && <RootFacts root={root} newer={newer} />}
      {root !== undefined && <TakeHome />}
    </Tile>
  );
}

function RootFacts({ root, newer }: { root: Root; newer: number }) {
  const late = isLate(root.at, newer, useNow());
  const covered = root.lanes.reduce((sum, { size }) => sum + size, 0);
  return (
    <>
      <p className={`root-line tone-${late ? 'amber' : 'green'}`}>
        <Icon name={late ? 'alert' : 'shield'} size={18} />
        <strong>
          Root {formatCount(root.epoch)}, signed <Ago at={root.at} />
        </strong>
        <span className="muted">
          {newer === 0 ? 'covers every entry' : `${plural(newer, 'entry is', 'entries are')} newer`}
        </span>
      </p>
      {late && (
        <p>
          A root comes within a minute of a new entry. This one is late: look at the alarm of the sealing in the
          runbook, or seal now.
        </p>
      )}
      <p className="facts">
        <span>
          <span className="muted">Covers</span> {plural(covered, 'entry', 'entries')} of {root.lanes.length} lanes
        </span>
        <span data-tip="Compare it with the fingerprint that you were given on another way than through this server">
          <span className="muted">Key</span> <Id id={root.key} hash />
        </span>
      </p>
    </>
  );
}

function TakeHome() {
  const [lines, setLines] = useState<number>();
  const seal = useAction(
    () => auditApi.seal(),
    () => 'Sealed: the last root covers what was there',
  );
  const download = useAction(
    async () => saveFile('lazyark-audit.jsonl', await auditApi.wholeTrail(setLines), 'application/jsonl'),
    () => 'The export is in your downloads',
  );
  return (
    <div className="take-home">
      <button type="button" disabled={seal.isPending} onClick={() => seal.mutate(undefined)}>
        <Icon name="shield" /> {seal.isPending ? 'Sealing…' : 'Seal now'}
      </button>
      <button type="button" disabled={download.isPending} onClick={() => download.mutate(undefined)}>
        <Icon name="download" />
        {download.isPending ? `Reading… ${lines ? plural(lines, 'line') : ''}` : 'Download the export'}
      </button>
      <a className="button" href="/verify-audit-export.mjs" download>
        <Icon name="file" /> Verifier script
      </a>
      <p className="hint">
        Check it without this server: <code>node verify-audit-export.mjs lazyark-audit.jsonl</code>
      </p>
    </div>
  );
}
