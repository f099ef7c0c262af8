// Folds what an agent did into its behaviour, slot by slot, and says when that is no longer how it behaves. Pure.
import {
  type Alarm,
  type Behaviour,
  type BehaviourConfig,
  emptySlot,
  METRICS,
  type Metric,
  newBehaviour,
  SLOT_MS,
  type Slot,
} from './behaviour.ts';
import { alarmOf, thresholdFor, watchSlot } from './watch-rule.ts';

/** One thing that happened, from the record of an effect. */
export type Fact = {
  atMs: number;
  kind: 'task_started' | 'acted' | 'refused' | 'failed' | 'succeeded';
  /** on whose behalf; '' when it says nothing */
  operation: string;
  calls: number;
  spendCents: number;
};

/** A task counts for about a minute: its weight falls to 1/e within this many slots. */
const TASK_SLOTS = 60_000 / SLOT_MS;
/** A gap longer than this holds nothing that matters: the weight of tasks has vanished by then. */
const GAP_SLOTS_MAX = 5 * TASK_SLOTS;
const OPERATIONS_MAX = 100;
/** Fewer tasks than this are none. */
const HARDLY_ANY = 0.05;

/** Facts in any order; those before the open slot are counted in it. Stops at the first alarm: the agent is paused then. */
export function observe(
  before: Behaviour | undefined,
  agentId: string,
  facts: readonly Fact[],
  config: BehaviourConfig,
): { behaviour: Behaviour; alarm?: Alarm } {
  const sorted = facts.toSorted((one, other) => one.atMs - other.atMs);
  const exempt = new Set(config.exempt.filter((one) => one.agentId === agentId).flatMap(({ metrics }) => metrics));
  let behaviour = before ?? newBehaviour(slotAt(sorted[0]?.atMs ?? 0));
  for (const fact of sorted) {
    const advanced = advance(behaviour, slotAt(fact.atMs), exempt, config);
    if (advanced.alarm) return advanced;
    behaviour = { ...advanced.behaviour, open: withFact(advanced.behaviour.open, fact) };
  }
  return { behaviour };
}

const slotAt = (atMs: number): number => Math.floor(atMs / SLOT_MS);

/** Closes slots until `slot` is the open one. */
function advance(
  behaviour: Behaviour,
  slot: number,
  exempt: ReadonlySet<Metric>,
  config: BehaviourConfig,
): { behaviour: Behaviour; alarm?: Alarm } {
  let now = behaviour;
  const last = Math.min(slot, now.slot + GAP_SLOTS_MAX);
  while (now.slot < last) {
    const closed = close(now, exempt, config);
    if (closed.alarm) return closed;
    now = closed.behaviour;
  }
  return { behaviour: now.slot < slot ? { ...now, slot, tasks: 0 } : now };
}

function close(behaviour: Behaviour, exempt: ReadonlySet<Metric>, config: BehaviourConfig) {
  const { open } = behaviour;
  const tasks = behaviour.tasks + open.started;
  const threshold = thresholdFor(config);
  const watches = { ...behaviour.watches };
  let alarm: Alarm | undefined;
  for (const metric of METRICS) {
    if (exempt.has(metric)) continue;
    watches[metric] = watchSlot(watches[metric], metric, open[metric], exposureOf(metric, open, tasks), config);
    alarm ??= alarmOf(watches[metric], metric, threshold);
  }
  const weight = tasks * Math.exp(-1 / TASK_SLOTS);
  const next = { slot: behaviour.slot + 1, open: emptySlot(), tasks: weight < HARDLY_ANY ? 0 : weight, watches };
  return { behaviour: next, alarm };
}

/**
 * What a count is measured by. Whoever acts is working on something, whether its start was seen or not: so one operation
 * at least, and as many as were named. Without tasks and without acts a slot says nothing.
 */
function exposureOf(metric: Metric, open: Slot, tasks: number): number {
  if (metric === 'failures') return open.ended;
  if (metric === 'refusals') return open.proposed;
  if (tasks === 0 && open.operations.length === 0) return 0;
  return Math.max(1, tasks, open.operations.length);
}

function withFact(open: Slot, { kind, operation, calls, spendCents }: Fact): Slot {
  switch (kind) {
    case 'task_started':
      return { ...open, started: open.started + 1, proposed: open.proposed + 1 };
    case 'refused':
      return { ...open, refusals: open.refusals + 1, proposed: open.proposed + 1 };
    case 'failed':
      return { ...open, failures: open.failures + 1, ended: open.ended + 1 };
    case 'succeeded':
      return { ...open, ended: open.ended + 1 };
    case 'acted':
      return {
        ...open,
        effects: open.effects + 1,
        calls: open.calls + calls,
        spendCents: open.spendCents + spendCents,
        proposed: open.proposed + 1,
        operations: named(open.operations, operation),
      };
  }
}

const named = (operations: string[], operation: string): string[] =>
  operations.includes(operation) || operations.length >= OPERATIONS_MAX ? operations : [...operations, operation];
