// Takes the outcomes of agents from the outcome queue.
import type { SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { SettleTaskEnv } from './env.ts';
import { settleDeps } from './execution-deps.ts';
import { settleOutcomes } from './settle-outcomes.ts';

const deps = settleDeps(readEnv(SettleTaskEnv));

export const handler = lambda(z.custom<SQSEvent>(), (event) => settleOutcomes(event, deps));
