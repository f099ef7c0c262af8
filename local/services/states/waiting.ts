// Waiting on virtual time and on work, until the line is called off.
import type { Clock } from '../../service.ts';
import { calledOff } from './failure.ts';

/** Settles as `work` does; rejects with CalledOff on the signal and with `late()` when virtual time reaches `atMs`. */
export function beforeTime<T>(
  work: Promise<T>,
  limit: { clock: Clock; atMs: number; late: () => Error; signal: AbortSignal },
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  if (limit.signal.aborted) reject(calledOff);
  const timer = Number.isFinite(limit.atMs) ? limit.clock.at(limit.atMs, () => reject(limit.late())) : undefined;
  const stop = () => reject(calledOff);
  limit.signal.addEventListener('abort', stop, { once: true });
  work.then(resolve, reject);
  return promise.finally(() => {
    timer?.cancel();
    limit.signal.removeEventListener('abort', stop);
  });
}

/** Resolves when virtual time reaches `atMs`, at once if it has; rejects with CalledOff on the signal. */
export function pauseUntil(clock: Clock, atMs: number, signal: AbortSignal): Promise<void> {
  if (clock.now() >= atMs && !signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = clock.at(atMs, resolve);
  const never = { clock, atMs: Number.POSITIVE_INFINITY, late: () => calledOff, signal };
  return beforeTime(promise, never).finally(() => timer.cancel());
}
