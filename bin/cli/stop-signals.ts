// Ctrl-C and its relatives: the first asks for a graceful stop, another one ends the process at once.
import { constants } from 'node:os';
import { line, type Screen } from './terminal.ts';

export type Stopping = { signal: AbortSignal; stopped: Promise<void>; done(): void };

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C reaches us twice, from the terminal and through npm: what follows so closely is the same one. */
const sameStopMs = 300;

/** `stopped` resolves at the first signal; `done` gives the signals their ordinary meaning back. */
export function stopOnSignals(
  screen: Screen,
  exit: (code: number) => void = (code) => process.exit(code),
  nowMs: () => number = () => performance.now(),
): Stopping {
  const controller = new AbortController();
  const stopped = new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve()));
  let firstAtMs: number | undefined;
  const onSignal = (name: (typeof names)[number]) => {
    if (firstAtMs === undefined) {
      firstAtMs = nowMs();
      line(screen, 'stopping; once more ends at once');
      controller.abort();
    } else if (nowMs() - firstAtMs > sameStopMs) {
      exit(128 + constants.signals[name]);
    }
  };
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    stopped,
    done: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
