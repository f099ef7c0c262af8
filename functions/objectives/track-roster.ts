// Keeps this room's own list of agents from what the room of agents announces, so that allocation asks nobody.
import type * as z from 'zod';
import type { AgentReady } from '../agents/events.ts';
import type { Tables } from '../common/table.ts';
import { rosterKey } from './objective-items.ts';

export type RosterDeps = { tables: Tables; table: string };

/** Events may come late or twice: an older one than what is stored changes nothing. */
export async function agentReady(
  agent: z.infer<typeof AgentReady.schema>,
  { tables, table }: RosterDeps,
): Promise<void> {
  const { agentId, functionName, capabilities, concurrency, at } = agent;
  const facts = { agentId, functionName, capabilities, at, status: 'ready', why: 'the agent is ready' };
  await tables.write([
    {
      table,
      update: rosterKey(agentId),
      changes: {
        set: [...Object.entries(facts), ...(concurrency === undefined ? [] : [['concurrency', concurrency] as const])],
        setIfMissing: [
          ['succeeded', 0],
          ['failed', 0],
        ],
        remove: concurrency === undefined ? ['concurrency'] : [],
      },
      if: { any: [{ missing: 'at' }, { path: 'at', atMost: at }] },
    },
  ]);
}

export async function agentGone(
  agentId: string,
  at: string,
  why: string,
  { tables, table }: RosterDeps,
): Promise<void> {
  await tables.write([
    {
      table,
      update: rosterKey(agentId),
      changes: {
        set: [
          ['status', 'lost'],
          ['at', at],
          ['why', why],
        ],
      },
      if: { path: 'at', atMost: at },
    },
  ]);
}
