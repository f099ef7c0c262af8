// The circuit breaker of one action of one agent: after too many failures in a row it lets nothing through for a while,
// then one, and by how that ends all or nothing again. Pure.
import * as z from 'zod';
import type { Item, Key, Write } from '../common/table.ts';
import type { Proposal } from './effect.ts';

/** The part `breaker` of config/gate.yaml. */
export const Breaker = z.strictObject({
  failuresInARow: z.int().min(1).max(1_000),
  openSeconds: z.int().min(1).max(86_400),
});
export type Breaker = z.infer<typeof Breaker>;

type Acting = Pick<Proposal, 'action' | 'scope'>;
type Stored = { failures: number; lastFailureMs: number };

export const breakerKey = ({ action, scope }: Acting): Key => ({
  pk: `breaker#${action}#${scope.agentId ?? `room:${scope.room}`}`,
  sk: 'breaker',
});

/** Holds while the circuit is closed. */
const closedCheck = (table: string, acting: Acting, { failuresInARow }: Breaker): Write => ({
  table,
  check: breakerKey(acting),
  if: { any: [{ missing: 'failures' }, { path: 'failures', below: failuresInARow }] },
});

/**
 * What the transaction has to hold for an effect to pass; `seen` is what an earlier try found where the circuit was not
 * closed. Whoever is the first after its time is the one that tries: its write starts the time anew for the others.
 */
export function passBreaker(
  table: string,
  acting: Acting,
  breaker: Breaker,
  nowMs: number,
  seen: Item | undefined,
): { kind: 'write'; write: Write } | { kind: 'open'; untilMs: number } {
  if (!seen) return { kind: 'write', write: closedCheck(table, acting, breaker) };
  const { lastFailureMs } = seen as unknown as Stored;
  const untilMs = lastFailureMs + breaker.openSeconds * 1_000;
  if (nowMs < untilMs) return { kind: 'open', untilMs };
  const set = [
    ['lastFailureMs', nowMs],
    ['by', 'gate'],
    ['why', 'half open: one may try'],
  ] as const;
  const write: Write = {
    table,
    update: breakerKey(acting),
    changes: { set },
    if: { path: 'lastFailureMs', equals: lastFailureMs },
  };
  return { kind: 'write', write };
}

/** A failure counts; a success closes the circuit and forgets them. */
export function noteEnd(table: string, acting: Acting, status: 'confirmed' | 'failed', nowMs: number): Write {
  const key = breakerKey(acting);
  if (status === 'confirmed') return { table, delete: key, if: { exists: 'failures' } };
  const set = [
    ['lastFailureMs', nowMs],
    ['by', 'gate'],
    ['why', 'another failure in a row'],
  ] as const;
  return { table, update: key, changes: { set, add: [['failures', 1]] } };
}
