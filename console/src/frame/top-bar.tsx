// The top bar: where this is, in which mode, search, who am I, and the kill button.
import { useEffect, useRef, useState } from 'react';
import type { Status } from '../api.ts';
import { modeLook } from '../lib/states.ts';
import { HoldButton } from '../parts/hold-button.tsx';
import { Icon, Mark } from '../parts/icon.tsx';
import { State } from '../parts/state.tsx';
import { useAction, useStatus } from '../queries.ts';
import { Link } from '../router.tsx';
import { safetyApi } from '../safety-api.ts';
import { signOut } from '../session.ts';

const apple = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function TopBar({ onSearch, onKill }: { onSearch: () => void; onKill: () => void }) {
  const { data } = useStatus();
  return (
    <header className="top-bar">
      <Link className="top-mark" href="/" aria-label="LazyArk, overview">
        <Mark size={24} />
      </Link>
      {data && <Environment status={data} />}
      {data && <State look={modeLook(data.mode)} soft />}
      <button type="button" className="search-button" onClick={onSearch} aria-label="Search and commands">
        <Icon name="search" />
        <span>Go to an id or run a command</span>
        <kbd>{apple ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      {data && <Me status={data} />}
      <KillButton mode={data?.mode} onOpen={onKill} />
    </header>
  );
}

function Environment({ status }: { status: Status }) {
  const { kind, account, region } = status.environment;
  const where = kind === 'aws' ? `AWS ${account ?? ''} · ${region ?? ''}` : 'Embedded';
  const tip = kind === 'aws' ? 'Runs in this AWS account and region' : 'Runs on this machine, with no cloud';
  return (
    <span className="environment" data-tip={tip}>
      <Icon name={kind === 'aws' ? 'cloud' : 'machine'} />
      <span>{where}</span>
    </span>
  );
}

/** A tap opens the dialog; held for a second it stops everything at once, because then seconds count. */
function KillButton({ mode, onOpen }: { mode?: string; onOpen: () => void }) {
  const kill = useAction(
    (reason: string) => safetyApi.stop('everything', reason),
    () => 'Kill requested: everything',
  );
  if (mode === 'killed') {
    return (
      <button type="button" className="kill killed" onClick={onOpen}>
        <Icon name="stop" />
        <span>Killed</span>
      </button>
    );
  }
  const killNow = (): void => {
    kill.mutate('Kill button held in the console');
    onOpen();
  };
  return (
    <HoldButton
      className="kill"
      label="Kill: hold one second to stop everything, or click to choose a part and give a reason"
      onHeld={killNow}
      onTap={onOpen}
    >
      <Icon name="power" />
      <span>Kill</span>
    </HoldButton>
  );
}

function Me({ status }: { status: Status }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const close = (event: Event): void => {
      const leaves = event instanceof KeyboardEvent && event.key === 'Escape';
      if (leaves || (event.type === 'pointerdown' && !root.current?.contains(event.target as Node))) setOpen(false);
    };
    addEventListener('pointerdown', close);
    addEventListener('keydown', close);
    return () => {
      removeEventListener('pointerdown', close);
      removeEventListener('keydown', close);
    };
  }, [open]);
  const { me, version, environment } = status;
  return (
    <div className="menu" ref={root}>
      <button
        type="button"
        className="ghost me"
        aria-expanded={open}
        aria-label={`Signed in as ${me.principalId}`}
        onClick={() => setOpen(!open)}
      >
        <Icon name="user" />
        <span>{me.principalId}</span>
      </button>
      {open && (
        <div className="menu-list me-list">
          <dl>
            <dt>Signed in as</dt>
            <dd>{me.principalId}</dd>
            <dt>Roles</dt>
            <dd>{me.roles.join(', ')}</dd>
            <dt>Environment</dt>
            <dd>
              {environment.kind === 'aws'
                ? `AWS ${environment.account ?? ''} ${environment.region ?? ''}`
                : 'Embedded, this machine'}
            </dd>
            <dt>Version</dt>
            <dd>{version}</dd>
          </dl>
          <button type="button" onClick={() => signOut()}>
            <Icon name="out" />
            <span>Sign out</span>
          </button>
        </div>
      )}
    </div>
  );
}
