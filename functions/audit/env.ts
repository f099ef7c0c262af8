// What each function of this room needs from its environment.
import * as z from 'zod';
import { TableName } from '../common/env.ts';

const table = { AUDIT_TABLE: TableName };
const name = z.string().min(1);

export const ServeHttpEnv = z.object({ ...table, ARCHIVE_BUCKET: name, SEAL_FUNCTION: name, EVENT_BUS: name });
export const RecordChangesEnv = z.object(table);
export const RecordAccessEnv = z.object(table);
export const SealRootEnv = z.object({ ...table, ARCHIVE_BUCKET: name, SIGNING_KEY: name, STACK: name });
export const SummarizeLanesEnv = z.object(table);
