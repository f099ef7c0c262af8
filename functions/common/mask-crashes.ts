// What ends a function outside of its answer is written down by Lambda itself: it is masked before Lambda sees it.
import { maskError } from './mask.ts';

let listening = false;

/**
 * Lambda listens for what nobody caught, and logs it; we listen before it. Where nobody listens Node's own way of ending
 * is left as it is.
 */
export function maskCrashes(): void {
  if (listening) return;
  listening = true;
  process.on('uncaughtExceptionMonitor', (error) => maskError(error));
  if (process.listenerCount('unhandledRejection') > 0)
    process.prependListener('unhandledRejection', (reason) => maskError(reason));
}
