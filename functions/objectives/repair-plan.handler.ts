// Mends a draft that did not hold.
import { lambda } from '../common/lambda.ts';
import { mendPlan } from './make-plan.ts';
import { PlanningRefSchema, planningDeps } from './planning-deps.ts';

const deps = planningDeps();

export const handler = lambda(PlanningRefSchema, (ref) => mendPlan(ref, deps));
