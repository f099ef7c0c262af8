// The registry: one item an agent, listed by the sparse index `roster`.
import { keptKeys } from '../common/kept.ts';
import type { Item, Tables, Write } from '../common/table.ts';
import type { AgentDeclaration } from './declaration.ts';

/** registered: known, not yet heard from · ready: it answered and may get work · lost: it answers no more. */
export type AgentStatus = 'registered' | 'ready' | 'lost';
export type AgentRecord = AgentDeclaration & {
  agentId: string;
  status: AgentStatus;
  /** the deployed function of a built-in agent */
  functionName?: string;
  /** digest of the credential of an agent from outside */
  credentialDigest?: string;
  lastSeenAt?: string;
  version?: string;
  registeredAt: string;
};
export type Agents = {
  get(agentId: string): Promise<AgentRecord | undefined>;
  list(page: { limit: number; cursor?: string }): Promise<{ items: AgentRecord[]; cursor?: string }>;
  /** All or none. What is registered already keeps its status; its declaration is brought up to date. */
  register(agents: readonly AgentRecord[], by: string): Promise<void>;
  seen(
    agentId: string,
    status: AgentStatus,
    at: string,
    version: string | undefined,
    why: string,
  ): Promise<AgentRecord | undefined>;
  remove(agentId: string): Promise<boolean>;
};

const keyOf = (agentId: string) => ({ pk: agentId, sk: 'agent' });
const ROSTER = 'roster';
const WRITES_MAX = 100;

export const agentsIn = (tables: Tables, table: string): Agents => ({
  get: async (agentId) => recordOf(await tables.get(table, keyOf(agentId))),
  list: async (page) => {
    const found = await tables.query({ table, index: 'roster', pk: ROSTER, ...page });
    const items = await Promise.all(found.items.map(({ pk }) => tables.get(table, keyOf(pk))));
    return {
      items: items.map(recordOf).filter((record) => record !== undefined),
      ...(found.cursor ? { cursor: found.cursor } : {}),
    };
  },
  register: async (agents, by) => {
    for (let start = 0; start < agents.length; start += WRITES_MAX) {
      await tables.write(agents.slice(start, start + WRITES_MAX).map((agent) => upsert(table, agent, by)));
    }
  },
  seen: async (agentId, status, at, version, why) => {
    const changes = {
      set: [
        ['status', status],
        ['lastSeenAt', at],
        ['why', why],
        ...(version ? [['version', version] as const] : []),
      ] as const,
    };
    const outcome = await tables.write([{ table, update: keyOf(agentId), changes, if: { exists: 'agentId' } }]);
    return outcome.written ? recordOf(outcome.items[0]) : undefined;
  },
  remove: async (agentId) =>
    (await tables.write([{ table, delete: keyOf(agentId), if: { exists: 'agentId' } }])).written,
});

function upsert(table: string, { status, registeredAt, ...agent }: AgentRecord, by: string): Write {
  const listed = { rosterPk: ROSTER, rosterSk: agent.agentId, ...keptKeys(keyOf(agent.agentId)) };
  const facts = Object.entries({ ...agent, ...listed, by, why: 'registered' }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    table,
    update: keyOf(agent.agentId),
    changes: {
      set: facts as never,
      setIfMissing: [
        ['status', status],
        ['registeredAt', registeredAt],
      ],
    },
  };
}

function recordOf(item: Item | undefined): AgentRecord | undefined {
  if (!item) return undefined;
  const { pk, sk, rosterPk, rosterSk, keptPk, keptSk, by, why, ...record } = item;
  return record as unknown as AgentRecord;
}
