// What people should know, in order of rank with its deadline ticking; acknowledging stops the ladder that calls them.
import { useState } from 'react';
import { formatCount } from '../../lib/format.ts';
import { hrefOf, routeOfId } from '../../lib/routes.ts';
import { severityLook } from '../../lib/safety-states.ts';
import { Due } from '../../parts/clock.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Loading, ProblemBox, Tile } from '../../parts/tile.tsx';
import { useAction } from '../../queries.ts';
import { Link } from '../../router.tsx';
import { type Notice, safetyApi, safetyPaths } from '../../safety-api.ts';
import { useNotices } from '../../safety-queries.ts';

const shownFirst = 5;

export function OpenNotices() {
  const { data, error, refetch } = useNotices();
  const [all, setAll] = useState(false);
  const items = data?.items ?? [];
  const shown = all ? items : items.slice(0, shownFirst);
  const open = Object.values(data?.open ?? {}).reduce((sum, count) => sum + count, 0);
  return (
    <Tile
      title="Notices"
      menu={repeatItems(safetyPaths.notices(), 'npx lazyark notice list')}
      note={open > 0 ? <span className="count tone-amber">{formatCount(open)}</span> : undefined}
      flush
    >
      {!data && error && <ProblemBox what="The notices cannot be read" error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && items.length === 0 && (
        <Empty icon="check" title="No open notice">
          What goes wrong is told here and by the channels of <code>config/escalation.yaml</code>. To try them:{' '}
          <code>npx lazyark notice say "A test"</code>
        </Empty>
      )}
      <ul className="notice-list">
        {shown.map((notice) => (
          <NoticeLine key={notice.noticeId} notice={notice} />
        ))}
      </ul>
      {items.length > shown.length && (
        <button type="button" className="ghost tile-more" onClick={() => setAll(true)}>
          Show {items.length - shown.length} more
        </button>
      )}
    </Tile>
  );
}

function NoticeLine({ notice }: { notice: Notice }) {
  const acknowledge = useAction(
    (noticeId: string) => safetyApi.acknowledge(noticeId),
    () => `Acknowledged: ${notice.title}`,
  );
  const target = Object.values(notice.subject ?? {})
    .map(routeOfId)
    .find((route) => route !== undefined);
  return (
    <li>
      <div className="notice-text">
        <p className="notice-head">
          <State look={severityLook(notice.severity)} />
          <Due at={notice.needsAckBy} />
          {notice.count > 1 && <span className="chip num">{formatCount(notice.count)} times</span>}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reasons must be reachable by keyboard */}
          <span className="chip" role="note" tabIndex={0} data-tip={notice.rank.join('\n')}>
            why here
          </span>
        </p>
        <p className="notice-title">{target ? <Link href={hrefOf(target)}>{notice.title}</Link> : notice.title}</p>
        <p className="muted wrap notice-body">{notice.body}</p>
      </div>
      <button
        type="button"
        aria-label={`Acknowledge ${notice.title}`}
        disabled={acknowledge.isPending}
        onClick={() => acknowledge.mutate(notice.noticeId)}
      >
        <Icon name="check" /> Acknowledge
      </button>
    </li>
  );
}
