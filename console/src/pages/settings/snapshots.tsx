// Snapshots: what can be gone back to, one now, and a restore with its report.
import { useState } from 'react';
import { formatCount, plural } from '../../lib/format.ts';
import { restoreLook, restoreSummary, snapshotLook } from '../../lib/settings-states.ts';
import { Ago, Elapsed } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Tile } from '../../parts/tile.tsx';
import { useAction } from '../../queries.ts';
import { type Restore, type Snapshot, settingsApi, settingsPaths } from '../../settings-api.ts';
import { useRestores, useSnapshots } from '../../settings-queries.ts';
import { useRole } from '../../stages-queries.ts';

const itemsIn = ({ rooms = [] }: Snapshot): number => rooms.reduce((sum, { items }) => sum + items, 0);

export function Snapshots() {
  const list = useSnapshots();
  const [asked, ask] = useState<'take' | Snapshot>();
  return (
    <>
      <Tile
        title="Snapshots"
        flush
        menu={repeatItems(settingsPaths.snapshots(), 'npx lazyark snapshot list')}
        note={<TakeButton onAsk={() => ask('take')} />}
      >
        <PagedList
          list={list}
          what="The snapshots"
          keyOf={({ snapshotId }) => snapshotId}
          row={(snapshot) => <SnapshotRow snapshot={snapshot} onRestore={() => ask(snapshot)} />}
          empty={
            <Empty icon="copy" title="No snapshot yet">
              One is taken every hour of what all rooms keep. “Take one now” does not wait; before a risky change it is
              the way back.
            </Empty>
          }
        />
      </Tile>
      <Restores />
      {asked === 'take' && <TakeDialog onClose={() => ask(undefined)} />}
      {asked && asked !== 'take' && <RestoreDialog snapshot={asked} onClose={() => ask(undefined)} />}
    </>
  );
}

function TakeButton({ onAsk }: { onAsk: () => void }) {
  if (useRole('operator') === false) return <span className="muted">an operator takes one</span>;
  return (
    <button type="button" onClick={onAsk}>
      <Icon name="plus" /> Take one now
    </button>
  );
}

function SnapshotRow({ snapshot, onRestore }: { snapshot: Snapshot; onRestore: () => void }) {
  const captain = useRole('captain');
  const { snapshotId, status, rooms, beganAt, by, why, error } = snapshot;
  return (
    <>
      <State look={snapshotLook(snapshot)} />
      <div className="line-main">
        <p>
          <Ago at={snapshot.consistentAt ?? beganAt} /> <Id id={snapshotId} />
        </p>
        <p className="muted wrap">
          {rooms && `${plural(itemsIn(snapshot), 'item')} of ${plural(rooms.length, 'room')} · `}
          {by}: {why}
        </p>
        {error && <p className="line-fault wrap">{error}</p>}
      </div>
      {status === 'complete' && captain !== false && (
        <button type="button" aria-label={`Restore ${snapshotId}`} onClick={onRestore}>
          <Icon name="retry" /> Restore
        </button>
      )}
    </>
  );
}

function TakeDialog({ onClose }: { onClose: () => void }) {
  const take = useAction(
    (reason: string) => settingsApi.takeSnapshot(reason),
    () => 'A snapshot is being taken',
  );
  return (
    <ReasonDialog
      title="Take a snapshot now"
      action="Take it"
      pending={take.isPending}
      error={take.error}
      failed="No snapshot was taken"
      onConfirm={(reason) => take.mutate(reason, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p>Everything goes on meanwhile; it shows here as complete within seconds to minutes.</p>
    </ReasonDialog>
  );
}

function RestoreDialog({ snapshot, onClose }: { snapshot: Snapshot; onClose: () => void }) {
  const restore = useAction(
    (reason: string) => settingsApi.restore(snapshot.snapshotId, reason),
    () => 'The restore has begun; its report shows below the snapshots',
  );
  return (
    <ReasonDialog
      title="Restore this snapshot"
      action="Restore"
      hold
      pending={restore.isPending}
      error={restore.error}
      failed="Nothing was restored"
      onConfirm={(reason) => restore.mutate(reason, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p>
        The swarm is stopped, and {formatCount(itemsIn(snapshot))} kept items are put back as they were{' '}
        <Ago at={snapshot.consistentAt ?? snapshot.beganAt} />. What was stricter since then stays strict; the audit is
        not touched.
      </p>
    </ReasonDialog>
  );
}

function Restores() {
  const list = useRestores();
  if (list.data?.pages.every(({ items }) => items.length === 0)) return null;
  return (
    <Tile title="Restores" flush menu={repeatItems(settingsPaths.restores())}>
      <PagedList
        list={list}
        what="The restores"
        keyOf={({ restoreId }) => restoreId}
        row={(restore) => <RestoreRow restore={restore} />}
        empty={null}
      />
    </Tile>
  );
}

function RestoreRow({ restore }: { restore: Restore }) {
  const { restoreId, beganAt, endedAt, by, why, rooms = [], configurationDiffers = [], error } = restore;
  const { changed, equal, different } = restoreSummary(restore);
  return (
    <>
      <State look={restoreLook(restore)} />
      <div className="line-main">
        <p>
          <Ago at={beganAt} /> <Id id={restoreId} /> <span className="muted">of</span> <Id id={restore.snapshotId} />
        </p>
        <p className="muted wrap">
          {by}: {why}
          {endedAt && (
            <>
              {' · '}took <Elapsed from={beganAt} to={endedAt} />
            </>
          )}
        </p>
        {restore.status === 'complete' && (
          <p className={different.length > 0 ? 'line-fault' : undefined}>
            {plural(changed, 'item')} put back, {formatCount(equal)} were equal;{' '}
            {different.length > 0
              ? `not as in the snapshot: ${different.join(', ')}`
              : `all ${plural(rooms.length, 'room')} as in the snapshot`}
          </p>
        )}
        {rooms.flatMap(({ room, stricter }) =>
          stricter.map((what) => (
            <p key={`${room} ${what}`} className="muted wrap">
              {room} stays stricter: {what}
            </p>
          )),
        )}
        {configurationDiffers.length > 0 && (
          <p className="wrap">Deployed otherwise than at the snapshot: {configurationDiffers.join(', ')}</p>
        )}
        {error && <p className="line-fault wrap">{error}</p>}
      </div>
    </>
  );
}
