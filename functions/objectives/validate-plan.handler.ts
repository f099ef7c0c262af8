// Judges the draft as a whole before anything of it is stored.
import { lambda } from '../common/lambda.ts';
import { validateDraft } from './planning.ts';
import { PlanningRefSchema, planningDeps } from './planning-deps.ts';

const deps = planningDeps();

export const handler = lambda(PlanningRefSchema, (ref) => validateDraft(ref, deps));
