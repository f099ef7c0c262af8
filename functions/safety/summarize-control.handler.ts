// The control flags' part of the status.
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { modeOf, readFlags } from './control-flags.ts';
import { SummarizeControlEnv } from './env.ts';

const { SAFETY_TABLE } = readEnv(SummarizeControlEnv);
const tables = openTables();

export const handler = lambda(z.unknown(), async () => {
  const { reason, by, at, ...flags } = await readFlags(tables, SAFETY_TABLE);
  return { mode: modeOf({ ...flags, reason, by, at }), reason, by, at };
});
