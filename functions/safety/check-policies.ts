// Checks a set of policies against the schema, strictly, and makes what the gate needs of it. Pure, but for Cedar.
import { canonicalDigest } from './canonical.ts';
import type { Cedar } from './cedar.client.ts';
import type { Thresholds } from './gate-decision.ts';
import {
  type CompiledPolicies,
  type CompiledPolicy,
  type PolicyFiles,
  type PolicyProblem,
  THRESHOLDS_FILE,
} from './policy-set.ts';

export type CheckDeps = {
  cedar: Cedar;
  schema: string;
  /** of the text of gate.yaml; the problems name their line */
  parseThresholds(text: string): { thresholds: Thresholds } | { problems: { line: number; message: string }[] };
};
export type CheckedPolicies =
  | { kind: 'right'; compiled: CompiledPolicies }
  | { kind: 'wrong'; problems: PolicyProblem[] };

const BYTES_MAX = 150_000;
const POLICIES_MAX = 1_000;
const FILE_NAME = /^[a-z0-9][a-z0-9-]{0,60}\.cedar$/;
const POLICY_ID = /^[a-z0-9][a-z0-9-]{0,80}$/;

type Placed = CompiledPolicy & { offset: number };

export function checkPolicies(files: PolicyFiles, deps: CheckDeps): CheckedPolicies {
  const problems = problemsOfFiles(files);
  const names = Object.keys(files).filter((file) => FILE_NAME.test(file));
  const placed: Placed[] = [];
  for (const file of names.sort()) {
    const read = policiesIn(file, files[file] ?? '', deps.cedar);
    problems.push(...read.problems);
    placed.push(...read.policies);
  }
  problems.push(...twins(placed, files));
  if (problems.length === 0) problems.push(...misfits(placed, files, deps));
  const parsed = deps.parseThresholds(files[THRESHOLDS_FILE] ?? '');
  if ('problems' in parsed)
    problems.push(...parsed.problems.map((problem) => ({ file: THRESHOLDS_FILE, column: 1, ...problem })));
  if (problems.length > 0 || 'problems' in parsed) return { kind: 'wrong', problems };
  const policies = placed.map(({ offset, ...policy }) => policy);
  const actions = actionsOf(deps);
  return {
    kind: 'right',
    compiled: { digest: canonicalDigest(files), policies, actions, thresholds: parsed.thresholds },
  };
}

function problemsOfFiles(files: PolicyFiles): PolicyProblem[] {
  const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const whole = (file: string, message: string) => ({ file, line: 1, column: 1, message });
  const foreign = Object.keys(files).filter((file) => file !== THRESHOLDS_FILE && !FILE_NAME.test(file));
  return [
    ...foreign.map((file) => whole(file, `expected ${THRESHOLDS_FILE} or a name such as payments.cedar`)),
    ...(files[THRESHOLDS_FILE] === undefined ? [whole(THRESHOLDS_FILE, 'expected a file with the thresholds')] : []),
    ...(bytes > BYTES_MAX ? [whole('(all files)', `expected at most ${BYTES_MAX} bytes, got ${bytes}`)] : []),
  ];
}

/** The policies of one file, each with its id and where it begins. */
function policiesIn(file: string, text: string, cedar: Cedar): { policies: Placed[]; problems: PolicyProblem[] } {
  const parsed = cedar.checkParsePolicySet({ staticPolicies: text });
  if (parsed.type === 'failure') {
    return { policies: [], problems: parsed.errors.map((error) => problemAt(file, text, 0, error)) };
  }
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') throw new Error(`Cedar parsed ${file} and then did not`);
  const problems: PolicyProblem[] = [];
  const policies: Placed[] = [];
  if (parts.policies.length > POLICIES_MAX)
    problems.push(positionIn(file, text, 0, `expected at most ${POLICIES_MAX} policies`));
  for (const part of parts.policies) {
    const offset = Buffer.byteLength(text.slice(0, Math.max(0, text.indexOf(part))));
    const read = cedar.policyToJson(part);
    if (read.type === 'failure') throw new Error(`Cedar parsed a policy of ${file} and then did not`);
    const { effect, action, annotations } = read.json;
    const id = annotations?.id ?? '';
    if (!POLICY_ID.test(id)) problems.push(positionIn(file, text, offset, 'expected @id("a-name") before the policy'));
    const only = action.op === '==' && 'entity' in action ? nameOf(action.entity) : undefined;
    policies.push({ id, file, effect, ...(only === undefined ? {} : { action: only }), text: part, offset });
  }
  return { policies, problems };
}

const nameOf = (entity: { id: string } | { __entity: { id: string } }): string =>
  '__entity' in entity ? entity.__entity.id : entity.id;

function twins(placed: readonly Placed[], files: PolicyFiles): PolicyProblem[] {
  const seen = new Set<string>();
  return placed.flatMap(({ id, file, offset }) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [positionIn(file, files[file] ?? '', offset, `expected an id that no other policy has, got ${id}`)];
  });
}

/** What does not fit the schema. A policy that can never apply is a mistake as well: a forbid that forbids nothing. */
function misfits(placed: readonly Placed[], files: PolicyFiles, { cedar, schema }: CheckDeps): PolicyProblem[] {
  const staticPolicies = Object.fromEntries(placed.map(({ id, text }) => [id, text]));
  const answer = cedar.validate({ schema, policies: { staticPolicies }, validationSettings: { mode: 'strict' } });
  if (answer.type === 'failure')
    return answer.errors.map(({ message }) => ({ file: 'lazyark.cedarschema', line: 1, column: 1, message }));
  const { validationErrors, validationWarnings } = answer;
  const found = validationErrors.length > 0 ? validationErrors : validationWarnings;
  return found.map(({ policyId, error }) => {
    const { file = '', offset = 0 } = placed.find(({ id }) => id === policyId) ?? {};
    return problemAt(file, files[file] ?? '', offset, error);
  });
}

function actionsOf({ cedar, schema }: CheckDeps): string[] {
  const read = cedar.schemaToJson(schema);
  if (read.type === 'failure') throw new Error(`The schema of policies is broken: ${read.errors[0]?.message}`);
  return Object.values(read.json).flatMap(({ actions }) => Object.keys(actions));
}

type Complaint = { message: string; help: string | null; sourceLocations?: { start: number; label: string | null }[] };

/** Cedar counts in bytes from where its text begins. */
function problemAt(file: string, text: string, offset: number, { message, help, sourceLocations }: Complaint) {
  const [place] = sourceLocations ?? [];
  const hint = [place?.label, help].filter((part) => part).join('; ');
  const plain = message.replace(/^failed to parse policies from string: /, '');
  return positionIn(file, text, offset + (place?.start ?? 0), hint ? `${plain} (${hint})` : plain);
}

function positionIn(file: string, text: string, bytes: number, message: string): PolicyProblem {
  const before = Buffer.from(text).subarray(0, bytes).toString().split('\n');
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
}
