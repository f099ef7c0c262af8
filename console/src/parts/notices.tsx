// Short notices of what an action of a person led to, bottom right, read out politely.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { Icon } from './icon.tsx';

type Notice = { tone: 'good' | 'bad'; text: string; requestId?: string };
type Shown = Notice & { key: number };

const shownMs = { good: 4_000, bad: 12_000 };
let shown: Shown[] = [];
let last = 0;
const listeners = new Set<() => void>();

function change(next: Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Shows a notice for a while. */
export function say(notice: Notice): void {
  const key = ++last;
  change([...shown.slice(-3), { ...notice, key }]);
  setTimeout(() => dismiss(key), shownMs[notice.tone]);
}

const dismiss = (key: number): void => change(shown.filter((notice) => notice.key !== key));

export function Notices() {
  const notices = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  const box = useRef<HTMLDivElement>(null);
  // Shown anew for each change, so that a notice lies above a dialog that was opened before it.
  useEffect(() => {
    box.current?.hidePopover();
    if (notices.length > 0) box.current?.showPopover();
  }, [notices]);
  return (
    <div className="notices" ref={box} popover="manual" role="status" aria-live="polite">
      {notices.map((notice) => (
        <div key={notice.key} className={`notice tone-${notice.tone === 'good' ? 'green' : 'red'}`}>
          <Icon name={notice.tone === 'good' ? 'check' : 'alert'} />
          <p>
            {notice.text}
            {notice.requestId && <span className="muted mono"> · request {notice.requestId}</span>}
          </p>
          <button type="button" className="ghost square" aria-label="Dismiss" onClick={() => dismiss(notice.key)}>
            <Icon name="cross" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
