// Watches how each agent behaves, from the stream of effects; pauses and announces the one that no longer does as it did.
import { contentId } from '../common/ids.ts';
import { logger } from '../common/lambda.ts';
import type { Item, Tables } from '../common/table.ts';
import type { Alarm, Behaviour, BehaviourConfig } from './behaviour.ts';
import { type ControlDeps, stopScope } from './control-swarm.ts';
import { AnomalyDetected, NoticeWanted } from './events.ts';
import { type Fact, observe } from './observe-agent.ts';

export type WatchDeps = ControlDeps & { behaviourConfig: BehaviourConfig };
export type AgentFact = Fact & { agentId: string; eventId: string };
export type Anomaly = Alarm & {
  anomalyId: string;
  agentId: string;
  at: string;
  paused: boolean;
  reason: string;
};
type Stored = { version: number; behaviour?: Behaviour; alarmedAtMs?: number };

export const behaviourKey = (agentId: string) => ({ pk: `behaviour#${agentId}`, sk: 'now' });
export const anomalyKey = (anomalyId: string) => ({ pk: 'anomalies', sk: anomalyId });

/** What goes on as usual is written down this often; anything else at once. */
const QUIET_MS = 5_000;
const FACTS_HELD_MAX = 2_000;
const EVENTS_REMEMBERED = 20_000;
const TRIES_MAX = 5;
/** What was under way when an agent was paused may still be told for so long; acts after that mean that it was resumed. */
const STILL_UNDER_WAY_MS = 10_000;

/**
 * A watch over batches. Tasks that begin and end as usual are held back for seconds, so that busy agents cost few writes;
 * what is held back is lost when the process dies, which makes the next seconds a little stricter and nothing else. A batch
 * that comes again to the same process is not counted again.
 */
export function watchOver(deps: WatchDeps) {
  const held = new Map<string, Held>();
  const isNew = remembering(EVENTS_REMEMBERED);
  return async (facts: readonly AgentFact[]): Promise<Anomaly[]> => {
    const nowMs = deps.now().getTime();
    for (const fact of facts.filter(({ eventId }) => isNew(eventId))) {
      const of = held.get(fact.agentId) ?? { facts: [], sinceMs: nowMs };
      of.facts.push(fact);
      held.set(fact.agentId, of);
    }
    const due = [...held].filter(
      ([, { facts: mine, sinceMs }]) => !isUsual(mine) || nowMs - sinceMs >= QUIET_MS || isFull(mine),
    );
    const anomalies: Anomaly[] = [];
    for (const [agentId, { facts: mine }] of due) {
      try {
        const anomaly = await take(agentId, mine, deps);
        held.delete(agentId);
        if (anomaly) anomalies.push(anomaly);
      } catch (error) {
        // The stream has to go on for others; what could not be written is tried with the next batch.
        logger.warn('behaviour not written yet', { agentId, error: error as Error });
        if (isFull(mine)) held.delete(agentId);
      }
    }
    return anomalies;
  };
}

type Held = { facts: AgentFact[]; sinceMs: number };
const isFull = ({ length }: readonly AgentFact[]): boolean => length >= FACTS_HELD_MAX;

/** Whether an id is new, as far as the last so many are concerned. */
function remembering(most: number): (id: string) => boolean {
  let seen = new Set<string>();
  return (id) => {
    if (seen.has(id)) return false;
    seen.add(id);
    if (seen.size > most) seen = new Set([...seen].slice(-most / 2));
    return true;
  };
}

const isUsual = (facts: readonly Fact[]): boolean =>
  facts.every(({ kind }) => kind === 'task_started' || kind === 'succeeded');

/** Several may write the same agent's state: who comes second reads it again. */
async function take(agentId: string, facts: readonly AgentFact[], deps: WatchDeps): Promise<Anomaly | undefined> {
  for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
    const stored = await readBehaviour(agentId, deps);
    const relevant = sinceResumed(facts, stored.alarmedAtMs);
    if (relevant.length === 0) return undefined;
    const { behaviour, alarm } = observe(stored.behaviour, agentId, relevant, deps.behaviourConfig);
    if (!alarm) {
      if (await write(agentId, { behaviour, version: stored.version }, deps)) return undefined;
      continue;
    }
    const anomaly = anomalyOf(agentId, alarm, behaviour, deps);
    // Paused first: whatever fails after this, the agent stands still.
    if (anomaly.paused) await stopScope({ agentId }, anomaly.reason, 'safety/follow-effects', deps);
    const calm = { behaviour: calmed(behaviour), version: stored.version, alarmedAtMs: deps.now().getTime() };
    if (!(await write(agentId, calm, deps, anomaly))) continue;
    const { anomalyId, metric, expected, observed, sigmas, score, paused, reason, at } = anomaly;
    const shown = { anomalyId, agentId, metric, expected, observed, sigmas, score, paused, reason, at };
    await deps.announce(AnomalyDetected, shown);
    await deps.announce(NoticeWanted, noticeOf(anomaly));
    return anomaly;
  }
  return undefined;
}

/** While it is paused nothing is learned from it; who acts again after a while was resumed by somebody. */
function sinceResumed(facts: readonly AgentFact[], alarmedAtMs: number | undefined): readonly AgentFact[] {
  if (alarmedAtMs === undefined) return facts;
  const later = facts.filter(({ atMs }) => atMs > alarmedAtMs + STILL_UNDER_WAY_MS);
  return later.some(({ kind }) => kind === 'acted' || kind === 'task_started') ? later : [];
}

/** The baseline stays; the evidence begins anew. */
function calmed(behaviour: Behaviour): Behaviour {
  const none = { evidence: 0, count: 0, exposure: 0 };
  const watches = Object.entries(behaviour.watches).map(([metric, watch]) => [metric, { ...watch, ...none }]);
  return { ...behaviour, watches: Object.fromEntries(watches) as Behaviour['watches'] };
}

const noticeOf = ({ anomalyId, agentId, reason, paused }: Anomaly) => ({
  key: `anomaly#${agentId}`,
  kind: 'anomaly',
  severity: 'error' as const,
  title: `${agentId} no longer behaves as it did${paused ? ', and was paused' : ''}`,
  body: `${reason}. npx lazyark anomaly show ${anomalyId}${paused ? '; a captain resumes it' : ''}`,
  subject: { agentId, anomalyId },
  occurrence: anomalyId,
});

const rounded = (value: number): number => Number(value.toPrecision(4));

function anomalyOf(agentId: string, alarm: Alarm, { slot }: Behaviour, { now, behaviourConfig }: WatchDeps): Anomaly {
  const at = now().toISOString();
  const { metric, expected, observed, sigmas } = alarm;
  const beyond = sigmas > 1_000 ? 'more than 1000' : sigmas.toFixed(1);
  return {
    ...alarm,
    anomalyId: `ano_${at.replaceAll(/[-:.]/g, '')}_${contentId('x', agentId, metric, `${slot}`).slice(2, 10)}`,
    agentId,
    at,
    paused: behaviourConfig.pause,
    reason: `anomaly: ${metric} of ${agentId} at ${rounded(observed)} where ${rounded(expected)} is usual (${beyond} sigma)`,
  };
}

export async function readBehaviour(
  agentId: string,
  { tables, table }: { tables: Tables; table: string },
): Promise<Stored> {
  const item = await tables.get(table, behaviourKey(agentId));
  return item ? (item as unknown as Stored) : { version: 0 };
}

async function write(
  agentId: string,
  { behaviour, version, alarmedAtMs }: Required<Pick<Stored, 'behaviour' | 'version'>> & Stored,
  { tables, table }: WatchDeps,
  anomaly?: Anomaly,
): Promise<boolean> {
  const by = { by: 'safety/follow-effects', why: anomaly?.reason ?? 'watched' };
  const put = { ...behaviourKey(agentId), agentId, behaviour, version: version + 1, ...by } as unknown as Item;
  if (alarmedAtMs !== undefined) put.alarmedAtMs = alarmedAtMs;
  const isSame = version === 0 ? { missing: 'pk' } : { path: 'version', equals: version };
  const found = anomaly && ({ ...anomalyKey(anomaly.anomalyId), ...anomaly, ...by } as unknown as Item);
  return (await tables.write([{ table, put, if: isSame }, ...(found ? [{ table, put: found }] : [])])).written;
}
