// Drafts the task graph.
import { readConfigs } from '../common/config.ts';
import { lambda } from '../common/lambda.ts';
import { draftPlan } from './make-plan.ts';
import { Pattern } from './pattern.ts';
import { PlanningRefSchema, planningDeps } from './planning-deps.ts';

const deps = { ...planningDeps(), patterns: readConfigs('patterns', Pattern) };

export const handler = lambda(PlanningRefSchema, (ref) => draftPlan(ref, deps));
