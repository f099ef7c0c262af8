// Looks for similar objectives that were planned before.
import { lambda } from '../common/lambda.ts';
import { recallPatterns } from './make-plan.ts';
import { PlanningRefSchema, planningDeps } from './planning-deps.ts';

const deps = planningDeps();

export const handler = lambda(PlanningRefSchema, (ref) => recallPatterns(ref, deps));
