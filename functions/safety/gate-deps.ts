// Opens the gate for functions of other rooms: the wiring of the door gate.ts. Production only.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Capabilities } from '../common/capability.ts';
import { configFolder, InvalidConfig, parseConfig, readConfig } from '../common/config.ts';
import { openTables } from '../common/table-open.ts';
import { ActionCatalogue, undeclared } from './action.ts';
import { loadCedar } from './cedar.client.ts';
import type { PolicyDeps } from './change-policies.ts';
import type { CheckDeps } from './check-policies.ts';
import { type Gate, type GateDeps, gateOf, type Rules } from './gate.ts';
import { Thresholds } from './gate-decision.ts';
import { type PolicyFiles, THRESHOLDS_FILE } from './policy-set.ts';
import { rulesIn } from './read-rules.ts';
import { type Stages, stagesOn, whyShadowBy } from './read-stages.ts';
import { declaredStages, StagesConfig } from './stage.ts';

export type GateEnv = { SAFETY_TABLE: string };

/** The gate of this process. Cedar is loaded when the first proposal comes, so who only settles never carries it. */
export const openGate = (env: GateEnv): Gate => gateOf(gateDeps(env));

export function gateDeps({ SAFETY_TABLE }: GateEnv): GateDeps {
  const store = { tables: openTables(), table: SAFETY_TABLE, now: () => new Date() };
  const whyShadow = whyShadowBy(openStages({ SAFETY_TABLE }));
  return { ...store, rules: rulesIn({ ...store, loadCedar, undeclared: undeclaredBy(actionCatalogue) }), whyShadow };
}

/** The configuration is read with the first proposal: who only settles needs none of it. */
function undeclaredBy(read: () => ActionCatalogue): NonNullable<Rules['undeclared']> {
  let catalogue: ActionCatalogue | undefined;
  return (proposal) => {
    catalogue ??= read();
    return undeclared(proposal, catalogue);
  };
}

export const actionCatalogue = (): ActionCatalogue => readConfig('actions.yaml', ActionCatalogue);

/** What is under a stage, as this process sees it; the configuration is read when it is asked first. */
export function openStages({ SAFETY_TABLE }: GateEnv): () => Promise<Stages> {
  const store = { tables: openTables(), table: SAFETY_TABLE, now: () => new Date() };
  let stages: (() => Promise<Stages>) | undefined;
  return () => {
    stages ??= stagesOn({ ...store, declared: configuredStages() });
    return stages();
  };
}

export const configuredStages = () =>
  declaredStages(readConfig('stages.yaml', StagesConfig), readConfig('capabilities.yaml', Capabilities));

export const policyDeps = ({ SAFETY_TABLE }: GateEnv): PolicyDeps => ({
  tables: openTables(),
  table: SAFETY_TABLE,
  now: () => new Date(),
  checkDeps,
});

export async function checkDeps(): Promise<CheckDeps> {
  return { cedar: await loadCedar(), schema: readSchema(), parseThresholds };
}

const readSchema = (): string => readFileSync(join(configFolder(), 'policies/lazyark.cedarschema'), 'utf8');

function parseThresholds(text: string): ReturnType<CheckDeps['parseThresholds']> {
  try {
    return { thresholds: parseConfig(THRESHOLDS_FILE, text, Thresholds) };
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    const messageOf = ({ path, expected, got }: (typeof error.problems)[number]) =>
      `${path ? `${path}: ` : ''}expected ${expected}${got === undefined ? '' : `, got ${got}`}`;
    return { problems: error.problems.map((problem) => ({ line: problem.line, message: messageOf(problem) })) };
  }
}

/** The set that config/ holds: gate.yaml and the files of policies/. */
export function configuredPolicies(folder = configFolder()): PolicyFiles {
  const names = readdirSync(join(folder, 'policies')).filter((name) => name.endsWith('.cedar'));
  const textOf = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');
  return {
    [THRESHOLDS_FILE]: textOf(THRESHOLDS_FILE),
    ...Object.fromEntries(names.sort().map((name) => [name, textOf('policies', name)])),
  };
}
