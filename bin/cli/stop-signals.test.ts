import { expect, it } from 'vitest';
import { stopOnSignals } from './stop-signals.ts';

const silent = { write: () => undefined, isTty: false, columns: 80, rows: 24, colours: false };

it('the first signal asks, its echo is the same one, the next ends at once', async () => {
  let nowMs = 0;
  const codes: number[] = [];
  const stopping = stopOnSignals(
    silent,
    (code) => codes.push(code),
    () => nowMs,
  );
  try {
    process.emit('SIGINT', 'SIGINT');
    await stopping.stopped;
    expect(stopping.signal.aborted).toBe(true);
    nowMs = 50;
    process.emit('SIGINT', 'SIGINT');
    expect(codes).toEqual([]);
    nowMs = 1_000;
    process.emit('SIGTERM', 'SIGTERM');
    expect(codes).toEqual([143]);
  } finally {
    stopping.done();
  }
  expect(process.listenerCount('SIGHUP')).toBe(0);
});
