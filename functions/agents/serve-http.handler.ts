// HTTP of the room agents.
import { randomBytes } from 'node:crypto';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { announceOn } from '../common/announce.ts';
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { openTables } from '../common/table-open.ts';
import { readFlags } from '../safety/control-flags.ts';
import { agentsIn } from './agents.store.ts';
import { ServeHttpEnv } from './env.ts';
import { routes } from './routes.ts';

const { AGENTS_TABLE: table, SAFETY_TABLE, EVENT_BUS } = readEnv(ServeHttpEnv);
const tables = openTables();

export const handler = serve(
  routes({
    tables,
    table,
    agents: agentsIn(tables, table),
    announce: announceOn(EVENT_BUS, new EventBridgeClient()),
    newCredential: () => `lzk_${randomBytes(32).toString('base64url')}`,
    flags: () => readFlags(tables, SAFETY_TABLE),
    now: () => new Date(),
  }),
);
