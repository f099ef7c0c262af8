// The policies in force, as rules to decide by: read again every two seconds, so that a change is live soon everywhere.
import type { Tables } from '../common/table.ts';
import type { Cedar } from './cedar.client.ts';
import { currentPolicy, policyVersion } from './change-policies.ts';
import type { Rules } from './gate-decision.ts';
import { rulesFrom } from './policy-rules.ts';

export const RULES_AGE_MS_MAX = 2_000;

export type RulesDeps = {
  tables: Tables;
  table: string;
  now: () => Date;
  loadCedar(): Promise<Cedar>;
  /** the catalogue of actions, which is deployed with the code */
  undeclared?: Rules['undeclared'];
};

/** The rules of one function instance; undefined while there is no policy. Throws when they cannot be read: nothing runs. */
export function rulesIn(deps: RulesDeps): () => Promise<Rules | undefined> {
  let known: { digest: string; rules: Rules } | undefined;
  let reading: Promise<Rules | undefined> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  const read = async (): Promise<Rules | undefined> => {
    const current = await currentPolicy(deps);
    if (!current) {
      known = undefined;
    } else if (current.digest !== known?.digest) {
      const [stored, cedar] = await Promise.all([policyVersion(current.version, deps), deps.loadCedar()]);
      if (!stored) throw new Error(`Version ${current.version} of the policies is missing`);
      const { undeclared } = deps;
      known = { digest: current.digest, rules: { ...rulesFrom(stored, cedar), ...(undeclared && { undeclared }) } };
    }
    readAtMs = deps.now().getTime();
    return known?.rules;
  };
  return () => {
    const ageMs = deps.now().getTime() - readAtMs;
    if (known && ageMs >= 0 && ageMs < RULES_AGE_MS_MAX) return Promise.resolve(known.rules);
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
}
