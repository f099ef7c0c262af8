// A set of policies: its files as people write them, and what the gate needs of them. Pure.
import type { Key } from '../common/table.ts';
import type { Thresholds } from './gate-decision.ts';

/** `gate.yaml` and any number of `*.cedar`, by name. */
export type PolicyFiles = Record<string, string>;
export const THRESHOLDS_FILE = 'gate.yaml';

export type CompiledPolicy = {
  id: string;
  file: string;
  effect: 'permit' | 'forbid';
  /** the one action that it is about; without it, about several or all */
  action?: string;
  text: string;
};
/** What deciding takes: the policies, the actions that exist, and the thresholds. */
export type CompiledPolicies = {
  digest: string;
  policies: CompiledPolicy[];
  actions: string[];
  thresholds: Thresholds;
};
/** One version, stored once and never changed. */
export type PolicyVersion = CompiledPolicies & {
  version: number;
  files: PolicyFiles;
  by: string;
  reason: string;
  at: string;
};

/** `column` and `line` count from 1. */
export type PolicyProblem = { file: string; line: number; column: number; message: string };
export const problemText = ({ file, line, column, message }: PolicyProblem): string =>
  `${file}:${line}:${column}: ${message}`;

export const currentPolicyKey: Key = { pk: 'policy', sk: 'current' };
export const policyVersionKey = (version: number): Key => ({
  pk: 'policy',
  sk: `version#${String(version).padStart(8, '0')}`,
});
