// From the bus: who read what not everybody may read becomes an entry of the audit.
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { RecordAccessEnv } from './env.ts';
import { SensitiveRead } from './events.ts';
import { lanesIn } from './lanes.store.ts';
import { recordAccess } from './record-access.ts';

const lanes = lanesIn(openTables(), readEnv(RecordAccessEnv).AUDIT_TABLE, () => new Date());
const Event = z.object({ id: z.string().min(1), source: z.string(), detail: SensitiveRead.schema });

export const handler = lambda(Event, (event) => recordAccess(event, lanes));
