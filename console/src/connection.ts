// Whether the server answers: when it last did, and how politely to ask again.
import { useSyncExternalStore } from 'react';
import { ApiProblem } from './api.ts';

type Connection = { lastAnswerMs: number; failures: number };

const everyMs = 2_000;
const hiddenMs = 30_000;
const slowestMs = 20_000;
let connection: Connection = { lastAnswerMs: Date.now(), failures: 0 };
const listeners = new Set<() => void>();

function change(next: Connection): void {
  const wasLost = connection.failures > 0;
  connection = next;
  if (wasLost || next.failures > 0) for (const listener of listeners) listener();
}

export const noteAnswer = (): void => change({ lastAnswerMs: Date.now(), failures: 0 });

/** Counts what means "nobody there": no answer, or a server that cannot answer now. Refusals are answers. */
export function noteFailure(error: unknown): void {
  if (!(error instanceof ApiProblem) || (error.status > 0 && error.status < 500)) return;
  change({ ...connection, failures: connection.failures + 1 });
}

/** How long to wait before the next poll: 2 s, 30 s in a hidden tab, doubling up to 20 s while nobody answers. */
export function pollMs(): number {
  if (document.hidden) return hiddenMs;
  return Math.min(slowestMs, everyMs * 2 ** Math.min(connection.failures, 4));
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection,
  );
}
