// Writes the tasks and lets the objective run.
import { lambda } from '../common/lambda.ts';
import { storePlan } from './planning.ts';
import { PlanningRefSchema, planningDeps } from './planning-deps.ts';

const deps = planningDeps();

export const handler = lambda(PlanningRefSchema, (ref) => storePlan(ref, deps));
