// Ends an objective for which no plan could be made.
import * as z from 'zod';
import { lambda } from '../common/lambda.ts';
import { rejectObjective } from './planning.ts';
import { planningDeps } from './planning-deps.ts';

const Failed = z.looseObject({ objectiveId: z.string(), error: z.unknown().optional() });
const deps = planningDeps();

export const handler = lambda(Failed, (failed) => rejectObjective(failed, deps));
