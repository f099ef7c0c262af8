// The frame around every page: rail (bottom bar on a phone), top bar, what must not be missed, palette and kill dialog.
import { type ReactNode, useEffect, useState } from 'react';
import { useConnection } from '../connection.ts';
import { capital, formatClock } from '../lib/format.ts';
import { scopeWords } from '../lib/kill-scope.ts';
import type { Route } from '../lib/routes.ts';
import { hrefOf } from '../lib/routes.ts';
import { Ago, useNow } from '../parts/clock.tsx';
import { Icon, type IconName, Mark } from '../parts/icon.tsx';
import { useStatus } from '../queries.ts';
import { Link, useRoute } from '../router.tsx';
import { useControl, useNotices } from '../safety-queries.ts';
import { KillDialog } from './kill-dialog.tsx';
import { Palette } from './palette.tsx';
import { TopBar } from './top-bar.tsx';

type ListPage = 'overview' | 'objectives' | 'agents' | 'decisions' | 'limits' | 'audit' | 'stages' | 'settings';
const PAGES: { page: ListPage; name: string; icon: IconName }[] = [
  { page: 'overview', name: 'Overview', icon: 'overview' },
  { page: 'objectives', name: 'Objectives', icon: 'objectives' },
  { page: 'agents', name: 'Agents', icon: 'agents' },
  { page: 'decisions', name: 'Decisions', icon: 'scales' },
  { page: 'audit', name: 'Audit', icon: 'audit' },
  { page: 'stages', name: 'Stages', icon: 'shadow' },
  { page: 'limits', name: 'Limits', icon: 'gauge' },
  { page: 'settings', name: 'Settings', icon: 'sliders' },
];

/** Pages of one thing belong to the list it is in. */
const LIST_OF: Partial<Record<Route['page'], ListPage>> = {
  objective: 'objectives',
  submit: 'objectives',
  decision: 'decisions',
};
const TITLES: Partial<Record<Route['page'], string>> = {
  submit: 'Submit an objective',
  objective: 'Objective',
  decision: 'Decision',
  kills: 'Kills',
  kill: 'Kill',
};

export function Frame({ children }: { children: ReactNode }) {
  const [over, setOver] = useState<'palette' | 'kill'>();
  const route = useRoute();
  useTitle(route);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setOver((now) => (now === 'palette' ? undefined : 'palette'));
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <div className="app">
      <a className="skip" href="#content">
        Skip to content
      </a>
      <Rail route={route} />
      <div className="main">
        <TopBar onSearch={() => setOver('palette')} onKill={() => setOver('kill')} />
        <Banners onKill={() => setOver('kill')} />
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </div>
      {over === 'palette' && <Palette onClose={() => setOver(undefined)} onKill={() => setOver('kill')} />}
      {over === 'kill' && <KillDialog onClose={() => setOver(undefined)} />}
    </div>
  );
}

function Rail({ route }: { route: Route }) {
  const { data } = useStatus();
  const notices = useNotices().data?.items.length ?? 0;
  const needs = (data?.needsPerson.length ?? 0) + notices;
  const current = LIST_OF[route.page] ?? route.page;
  // On a phone the rail is a bar that scrolls: where one is must be in sight.
  useEffect(() => {
    if (current)
      document.querySelector('.rail [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  return (
    <nav className="rail" aria-label="Pages">
      <Link className="rail-mark" href="/" aria-label="LazyArk, overview">
        <Mark />
        <span>LazyArk</span>
      </Link>
      {PAGES.map(({ page, name, icon }) => (
        <Link
          key={page}
          className="rail-link"
          href={hrefOf({ page })}
          aria-current={current === page ? 'page' : undefined}
        >
          <Icon name={icon} size={18} />
          <span>{name}</span>
          {page === 'overview' && needs > 0 && (
            <span className="count tone-red" data-tip="Waiting for a person">
              {needs}
            </span>
          )}
        </Link>
      ))}
      {data && <span className="rail-foot num">v{data.version}</span>}
    </nav>
  );
}

/** Above every page: the swarm is stopped, or what is shown is old. */
function Banners({ onKill }: { onKill: () => void }) {
  const { data } = useStatus();
  const killed = data?.mode === 'killed';
  const control = useControl();
  const parts = killed ? [] : (control.data?.kills ?? []);
  return (
    <>
      <LostConnection />
      {killed && (
        <div className="banner tone-red" role="alert">
          <Icon name="stop" />
          <p>
            <strong>All autonomous action is stopped.</strong>{' '}
            {control.data?.reason && <span>“{control.data.reason}”</span>}{' '}
            {control.data?.at && (
              <span className="muted">
                {control.data.by}, <Ago at={control.data.at} />
              </span>
            )}
          </p>
          <button type="button" onClick={onKill}>
            Show and resume
          </button>
        </div>
      )}
      {parts.length > 0 && (
        <div className="banner tone-amber" role="status">
          <Icon name="stop" />
          <p>
            <strong>Stopped in part.</strong> {parts.map(({ scope }) => capital(scopeWords(scope))).join(', ')}. The
            rest goes on.
          </p>
          <button type="button" onClick={onKill}>
            Show
          </button>
        </div>
      )}
    </>
  );
}

function LostConnection() {
  const { failures, lastAnswerMs } = useConnection();
  useNow();
  if (failures < 2) return null;
  return (
    <div className="banner tone-amber" role="status">
      <Icon name="alert" />
      <p>
        <strong>Connection lost.</strong> What you see is from {formatClock(lastAnswerMs)} (
        <Ago at={new Date(lastAnswerMs).toISOString()} />
        ). The console goes on trying.
      </p>
    </div>
  );
}

function useTitle(route: Route): void {
  const name = TITLES[route.page] ?? PAGES.find(({ page }) => page === route.page)?.name;
  useEffect(() => {
    document.title = name ? `${name} · LazyArk` : 'LazyArk';
  }, [name]);
}
