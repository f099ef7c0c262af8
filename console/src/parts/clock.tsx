// Times that stay true: one timer for the whole page, relative words with the absolute moment on hover.
import { useSyncExternalStore } from 'react';
import { dueIn } from '../lib/amounts.ts';
import { formatAbsolute, formatDuration, formatRelative, toMs } from '../lib/format.ts';

let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The present moment, renewed each second. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => nowMs);

export function Ago({ at }: { at?: string | null }) {
  const now = useNow();
  if (!at) return <span className="muted">never</span>;
  return (
    <time dateTime={at} data-tip={formatAbsolute(at)}>
      {formatRelative(at, now)}
    </time>
  );
}

/** How long something takes or took: until it finished, or until now. */
export function Elapsed({ from, to }: { from?: string | null; to?: string | null }) {
  if (!from) return <span className="muted">–</span>;
  return <span className="num">{to ? formatDuration(toMs(to) - toMs(from)) : <Ticking from={from} />}</span>;
}

function Ticking({ from }: { from: string }) {
  return formatDuration(useNow() - toMs(from));
}

/** How long until a deadline, ticking. */
export function Due({ at }: { at: string }) {
  const due = dueIn(at, useNow());
  return (
    <time className={`num due tone-${due.tone}`} dateTime={at} data-tip={formatAbsolute(at)}>
      {due.words}
    </time>
  );
}
