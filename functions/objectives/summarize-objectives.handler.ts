// The objectives' part of the status.
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { SummarizeObjectivesEnv } from './env.ts';
import { readsIn } from './objective-reads.ts';
import { summarizeObjectives } from './summarize-objectives.ts';

const { OBJECTIVES_TABLE: table } = readEnv(SummarizeObjectivesEnv);
const tables = openTables();
const now = () => new Date();
const deps = { tables, table, now, reads: readsIn(tables, table, now) };

export const handler = lambda(z.unknown(), () => summarizeObjectives(deps));
