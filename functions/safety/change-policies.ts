// Changes the policies in force: each change is a version of its own, with who and why, and takes effect within seconds.
import { keptKeys } from '../common/kept.ts';
import type { Item, Key, Tables, Value, Write } from '../common/table.ts';
import { canonicalDigest } from './canonical.ts';
import { type CheckDeps, checkPolicies } from './check-policies.ts';
import {
  type CompiledPolicies,
  currentPolicyKey,
  type PolicyFiles,
  type PolicyProblem,
  type PolicyVersion,
  policyVersionKey,
} from './policy-set.ts';

export type PolicyDeps = { tables: Tables; table: string; now: () => Date; checkDeps(): Promise<CheckDeps> };
type Pointer = { version: number; digest: string };
export type PolicyChange = { files: PolicyFiles; by: string; reason: string; expectedVersion?: number };
export type ChangeAnswer =
  | { kind: 'set' | 'unchanged'; version: number }
  /** malformed: what was in force stays so */
  | { kind: 'refused'; problems: PolicyProblem[] }
  /** somebody else has changed them meanwhile */
  | { kind: 'conflict'; version: number };

type StoreDeps = Pick<PolicyDeps, 'tables' | 'table'>;

/** Which version is in force; nothing before the first. */
export async function currentPolicy({ tables, table }: StoreDeps): Promise<Pointer | undefined> {
  return (await tables.get(table, currentPolicyKey)) as unknown as Pointer | undefined;
}

export async function policyVersion(version: number, { tables, table }: StoreDeps): Promise<PolicyVersion | undefined> {
  const item = await tables.get(table, policyVersionKey(version));
  if (!item) return undefined;
  const { pk, sk, keptPk, keptSk, why, ...stored } = item;
  return stored as unknown as PolicyVersion;
}

/** Puts a set in force. A set that is wrong changes nothing; the same set again changes nothing either. */
export async function setPolicies(change: PolicyChange, deps: PolicyDeps): Promise<ChangeAnswer> {
  const checked = checkPolicies(change.files, await deps.checkDeps());
  if (checked.kind === 'wrong') return { kind: 'refused', problems: checked.problems };
  const current = await currentPolicy(deps);
  const { expectedVersion = current?.version ?? 0 } = change;
  if (expectedVersion !== (current?.version ?? 0)) return { kind: 'conflict', version: current?.version ?? 0 };
  if (current?.digest === checked.compiled.digest) return { kind: 'unchanged', version: current.version };
  const version = expectedVersion + 1;
  const outcome = await deps.tables.write(writesOf(version, change, checked.compiled, deps));
  if (outcome.written) return { kind: 'set', version };
  return { kind: 'conflict', version: (await currentPolicy(deps))?.version ?? 0 };
}

function writesOf(
  version: number,
  { files, by, reason }: PolicyChange,
  compiled: CompiledPolicies,
  { table, now }: PolicyDeps,
): Write[] {
  const at = now().toISOString();
  const why = `policies, version ${version}: ${reason}`.slice(0, 500);
  const stored: PolicyVersion = { ...compiled, version, files, by, reason, at };
  // Kept together: a restored pointer without its later versions lets the count go on from there.
  const kept = (key: Key) => ({ ...key, ...keptKeys(key) });
  const put = { ...kept(policyVersionKey(version)), ...(stored as unknown as Record<string, Value>), why };
  const pointer = { ...kept(currentPolicyKey), version, digest: compiled.digest, by, reason, at, why };
  return [
    { table, put: put as Item, if: { missing: 'pk' } },
    { table, put: pointer, if: version === 1 ? { missing: 'pk' } : { path: 'version', equals: version - 1 } },
  ];
}

/** An earlier version in force again, as a new one: the history only grows. It is checked like any other. */
export async function rollBackPolicies(
  to: { version: number; by: string; reason: string },
  deps: PolicyDeps,
): Promise<ChangeAnswer | { kind: 'no_such_version' }> {
  const found = await policyVersion(to.version, deps);
  if (!found) return { kind: 'no_such_version' };
  return setPolicies(
    { files: found.files, by: to.by, reason: `back to version ${to.version}: ${to.reason}`.slice(0, 500) },
    deps,
  );
}

export type PolicySummary = Pick<PolicyVersion, 'version' | 'digest' | 'by' | 'reason' | 'at'> & { files: string[] };

export async function policyHistory(
  { limit, cursor }: { limit: number; cursor?: string },
  { tables, table }: StoreDeps,
): Promise<{ items: PolicySummary[]; cursor?: string }> {
  const query = { table, pk: 'policy', sk: { beginsWith: 'version#' }, newestFirst: true, limit, cursor };
  const page = await tables.query(query);
  const items = page.items.map((item) => {
    const { version, digest, by, reason, at, files } = item as unknown as PolicyVersion;
    return { version, digest, by, reason, at, files: Object.keys(files).sort() };
  });
  return { items, ...(page.cursor ? { cursor: page.cursor } : {}) };
}

/** For a bootstrap: puts the configured set in force when there is none, and says so when another one is. */
export async function seedPolicies(files: PolicyFiles, by: string, deps: PolicyDeps): Promise<string> {
  const current = await currentPolicy(deps);
  if (!current) {
    const answer = await setPolicies({ files, by, reason: 'from config/, at the first start' }, deps);
    if (answer.kind === 'refused') throw new PoliciesRefused(answer.problems);
    return `policies of config/ in force as version ${answer.version}`;
  }
  return current.digest === canonicalDigest(files)
    ? `policies of config/ in force as version ${current.version}`
    : `policies left at version ${current.version}, which is not what config/ holds; lazyark policy set would change that`;
}

export class PoliciesRefused extends Error {
  override name = 'PoliciesRefused';
  constructor(problems: readonly PolicyProblem[]) {
    super(problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'));
  }
}
