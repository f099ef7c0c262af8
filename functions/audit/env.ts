// What each function of this room needs from its environment.
import * as z from 'zod';
import { TableName } from '../common/env.ts';

const table = { AUDIT_TABLE: TableName };

export const ServeHttpEnv = z.object(table);
export const RecordChangesEnv = z.object(table);
export const SummarizeLanesEnv = z.object(table);
