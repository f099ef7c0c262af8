// The first state: takes the objective with the highest priority from the queue.
import * as z from 'zod';
import { lambda } from '../common/lambda.ts';
import { selectObjective } from './planning.ts';
import { planningDeps } from './planning-deps.ts';

const Run = z.looseObject({ run: z.string().min(1), causedBy: z.string().min(1) });
const deps = planningDeps();

export const handler = lambda(Run, ({ run, causedBy }) => selectObjective(run, deps, causedBy));
