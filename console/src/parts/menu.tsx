// The corner menu of a tile or a page: copy as curl and what else belongs to it. Arrow keys move, Esc closes.
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { curlOf } from '../lib/curl.ts';
import { copyText } from './copy.tsx';
import { Icon, type IconName } from './icon.tsx';

export type MenuItem = { label: string; icon: IconName; onPick: () => void; tone?: 'red'; note?: string };

/** What every corner menu offers: the same data by API, and by command line where there is a command for it. */
export function repeatItems(path: string, command?: string): MenuItem[] {
  const curl: MenuItem = {
    label: 'Copy as curl',
    icon: 'copy',
    onPick: () => void copyText(curlOf(path), 'the curl command'),
  };
  if (!command) return [curl];
  return [
    curl,
    { label: 'Copy as command', icon: 'copy', note: command, onPick: () => void copyText(command, 'the command') },
  ];
}

export function Menu({ label, items }: { label: string; items: MenuItem[] }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const listId = useId();
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const outside = (event: PointerEvent): void => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener('pointerdown', outside);
    return () => removeEventListener('pointerdown', outside);
  }, [open]);
  const close = (): void => {
    setOpen(false);
    root.current?.querySelector<HTMLElement>('button')?.focus();
  };
  return (
    <div className="menu" ref={root}>
      <button
        type="button"
        className="ghost square"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={listId}
        aria-label={`More: ${label}`}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" />
      </button>
      {open && (
        <div
          className="menu-list"
          id={listId}
          role="menu"
          tabIndex={-1}
          aria-label={label}
          onKeyDown={(event) => moveInMenu(event, close)}
        >
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              className={item.tone ? `tone-${item.tone}` : undefined}
              onClick={() => {
                close();
                item.onPick();
              }}
            >
              <Icon name={item.icon} />
              <span>
                {item.label}
                {item.note && <code className="menu-note">{item.note}</code>}
              </span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function moveInMenu(event: KeyboardEvent<HTMLElement>, close: () => void): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1 + items.length,
    Home: 0,
    End: items.length - 1,
  };
  const next = steps[event.key];
  if (event.key === 'Tab' || event.key === 'Escape') {
    if (event.key === 'Escape') event.stopPropagation();
    close();
  } else if (next !== undefined) {
    event.preventDefault();
    items[next % items.length]?.focus();
  }
}
