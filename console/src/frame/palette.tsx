// The command palette (Ctrl/⌘ K): go to any id or page, submit, kill. Arrow keys choose, Enter does it.
import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Agent, ObjectiveRow, Page } from '../api.ts';
import { matchScore } from '../lib/match.ts';
import { type Route, routeOfId } from '../lib/routes.ts';
import { objectiveLook } from '../lib/states.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Dialog } from '../parts/overlay.tsx';
import { useStatus } from '../queries.ts';
import { go, goTo } from '../router.tsx';
import { signOut } from '../session.ts';

type Command = { key: string; name: string; note: string; icon: IconName; run: () => void; tone?: 'red' };
const shownMost = 12;

export function Palette({ onClose, onKill }: { onClose: () => void; onKill: () => void }) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const all = useCommands(onKill);
  const found = useMemo(() => search(all, typed), [all, typed]);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelectorAll('[role=option]')[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const run = (command: Command | undefined): void => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((now) => (now + step + found.length) % Math.max(1, found.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[at]);
    }
  };
  return (
    <Dialog label="Search and commands" className="palette" onClose={onClose}>
      <div className="palette-input">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found[at] ? `palette-${at}` : undefined}
          aria-label="Go to an id or run a command"
          placeholder="Paste an id, or type a page or command"
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
        <kbd>Esc</kbd>
      </div>
      <div className="palette-list" id="palette-list" role="listbox" aria-label="Results" tabIndex={-1} ref={list}>
        {found.map((command, n) => (
          <div
            key={command.key}
            id={`palette-${n}`}
            role="option"
            tabIndex={-1}
            aria-selected={n === at}
            className={command.tone ? `tone-${command.tone}` : undefined}
            onPointerMove={() => setAt(n)}
            onClick={() => run(command)}
            onKeyDown={onKey}
          >
            <Icon name={command.icon} />
            <span className="palette-name">{command.name}</span>
            <span className="palette-note">{command.note}</span>
          </div>
        ))}
        {found.length === 0 && (
          <p className="palette-empty">Nothing fits. Ids begin with obj_, tsk_, agt_, dec_ or kil_.</p>
        )}
      </div>
    </Dialog>
  );
}

function search(all: Command[], typed: string): Command[] {
  const route = routeOfId(typed);
  const direct: Command[] = route
    ? [{ key: 'id', name: `Go to ${typed.trim()}`, note: 'id', icon: 'right', run: () => goTo(route) }]
    : [];
  const fitting = all
    .map((command) => ({ command, score: matchScore(typed, `${command.name} ${command.note}`) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ command }) => command);
  return [...direct, ...fitting].slice(0, shownMost);
}

function useCommands(onKill: () => void): Command[] {
  const client = useQueryClient();
  const mode = useStatus().data?.mode;
  return useMemo(() => {
    const page = (name: string, icon: IconName, route: Route): Command => ({
      key: name,
      name,
      note: 'page',
      icon,
      run: () => goTo(route),
    });
    const killed = mode === 'killed';
    return [
      page('Overview', 'overview', { page: 'overview' }),
      page('Objectives', 'objectives', { page: 'objectives' }),
      page('Agents', 'agents', { page: 'agents' }),
      page('Decisions', 'scales', { page: 'decisions' }),
      page('Audit', 'audit', { page: 'audit' }),
      page('Stages', 'shadow', { page: 'stages' }),
      page('Settings', 'sliders', { page: 'settings' }),
      page('Limits', 'gauge', { page: 'limits' }),
      page('Kills', 'power', { page: 'kills' }),
      {
        key: 'mine',
        name: 'Decisions that wait for me',
        note: 'command',
        icon: 'scales',
        run: () => go('/decisions?waitingFor=me'),
      },
      {
        key: 'submit',
        name: 'Submit an objective',
        note: 'command',
        icon: 'plus',
        run: () => goTo({ page: 'submit' }),
      },
      {
        key: 'kill',
        name: killed ? 'Resume all agents' : 'Kill: stop everything or a part',
        note: 'command',
        icon: killed ? 'play' : 'power',
        tone: killed ? undefined : 'red',
        run: onKill,
      },
      { key: 'out', name: 'Sign out', note: 'command', icon: 'out', run: () => signOut() },
      ...knownObjectives(
        client
          .getQueriesData<ObjectiveRow[] | { pages: Page<ObjectiveRow>[] }>({ queryKey: ['objectives'] })
          .map(([, data]) => data),
      ),
      ...(client.getQueryData<{ pages: Page<Agent>[] }>(['agents'])?.pages.flatMap((page) => page.items) ?? []).map(
        (agent): Command => ({
          key: agent.agentId,
          name: agent.title,
          note: agent.agentId,
          icon: 'agents',
          run: () => goTo({ page: 'agents' }),
        }),
      ),
    ];
  }, [client, mode, onKill]);
}

/** Objectives that some page has already read; others are reached by their id. */
function knownObjectives(lists: (ObjectiveRow[] | { pages: Page<ObjectiveRow>[] } | undefined)[]): Command[] {
  const rows = lists.flatMap((list) =>
    list && 'pages' in list ? list.pages.flatMap((each) => each.items) : (list ?? []),
  );
  const byId = new Map(rows.map((row) => [row.objectiveId, row]));
  return [...byId.values()].map((row) => ({
    key: row.objectiveId,
    name: row.text,
    note: objectiveLook(row.status).word,
    icon: 'objectives',
    run: () => goTo({ page: 'objective', id: row.objectiveId }),
  }));
}
