// Which agent gets a task: capability first, then health and load, then a score. Pure; the reason is part of the answer.
export type RosterAgent = {
  agentId: string;
  /** the built-in function that runs it, such as run-noop */
  functionName: string;
  capabilities: string[];
  status: 'ready' | 'lost';
  /** tasks at a time; without it the agent's own platform is the limit */
  concurrency?: number;
  succeeded: number;
  failed: number;
};
export type Candidate = RosterAgent & { running: number };

export type Allocation =
  | { kind: 'allocated'; agent: Candidate; scores: AgentScore[]; why: string }
  | { kind: 'waiting'; reason: 'nobody_capable' | 'nobody_healthy' | 'all_busy' };
export type AgentScore = {
  agentId: string;
  total: number;
  history: number;
  specialisation: number;
  closeness: number;
  load: number;
};

/** An agent at 80 % of its concurrency or more is left alone, unless it can only do one task at a time and does none. */
const LOAD_LIMIT = 0.8;
const WEIGHTS = { history: 0.4, specialisation: 0.2, closeness: 0.2, load: 0.2 } as const;

export const loadOf = ({ running, concurrency }: Candidate): number =>
  concurrency === undefined ? 0 : running / concurrency;

/** The best agent for a capability. `nearby` are agents who did what this task builds on. Ties go to the lower id. */
export function chooseAgent(
  capability: string,
  candidates: readonly Candidate[],
  nearby: ReadonlySet<string>,
): Allocation {
  const capable = candidates.filter(({ capabilities }) => capabilities.includes(capability));
  if (capable.length === 0) return { kind: 'waiting', reason: 'nobody_capable' };
  const healthy = capable.filter(({ status }) => status === 'ready');
  if (healthy.length === 0) return { kind: 'waiting', reason: 'nobody_healthy' };
  const free = healthy.filter((agent) => loadOf(agent) < LOAD_LIMIT);
  const scored = free
    .map((agent) => ({ agent, score: scoreOf(agent, nearby) }))
    .sort((left, right) => right.score.total - left.score.total || (left.agent.agentId < right.agent.agentId ? -1 : 1));
  const best = scored[0];
  if (!best) return { kind: 'waiting', reason: 'all_busy' };
  return {
    kind: 'allocated',
    agent: best.agent,
    scores: scored.map(({ score }) => score),
    why: reasonOf(scored.map(({ score }) => score)),
  };
}

function scoreOf(agent: Candidate, nearby: ReadonlySet<string>): AgentScore {
  // Laplace's rule: an agent without a record counts as one success in two.
  const history = (agent.succeeded + 1) / (agent.succeeded + agent.failed + 2);
  const specialisation = 1 / agent.capabilities.length;
  const closeness = nearby.has(agent.agentId) ? 1 : 0;
  const load = 1 - loadOf(agent);
  const total =
    WEIGHTS.history * history +
    WEIGHTS.specialisation * specialisation +
    WEIGHTS.closeness * closeness +
    WEIGHTS.load * load;
  return {
    agentId: agent.agentId,
    total: round(total),
    history: round(history),
    specialisation: round(specialisation),
    closeness,
    load: round(load),
  };
}

function reasonOf([best, next]: AgentScore[]): string {
  if (!best) return '';
  const against = next ? `ahead of ${next.agentId} at ${next.total}` : 'the only one free';
  return `${best.agentId} at ${best.total}, ${against}`;
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;
