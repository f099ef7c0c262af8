// What a busy table or service refused is tried again at once: a message that comes back costs a minute or three.
import { setTimeout as wait } from 'node:timers/promises';

const PAUSES_MS = [50, 250];
/** Errors of the table port and of the bus that may pass by themselves. */
const PASSING = new Set(['TableBusy', 'TableOutcomeUnknown', 'CallNotTaken']);

/** Does it, up to three times within the invocation. Only for what finds by itself what it has done before. */
export async function persist<T>(act: () => Promise<T>, pauseMs: readonly number[] = PAUSES_MS): Promise<T> {
  for (const ms of pauseMs) {
    try {
      return await act();
    } catch (error) {
      if (!PASSING.has((error as Error).name)) throw error;
      await wait(ms);
    }
  }
  return act();
}
