// Builds what the steps of decompose-objective share, from their environment. Production wiring only.
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { openTables } from '../common/table-open.ts';
import { PlanningEnv } from './env.ts';
import { knownCapabilities } from './execution-deps.ts';
import type { PlanningDeps } from './planning.ts';

export const planningDeps = (): PlanningDeps => ({
  tables: openTables(),
  table: readEnv(PlanningEnv).OBJECTIVES_TABLE,
  capabilities: knownCapabilities(),
  now: () => new Date(),
});

/** What the states hand to each other. */
export const PlanningRefSchema = z.object({ objectiveId: z.string(), repairs: z.int().min(0) });
