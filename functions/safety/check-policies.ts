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

/** `source` is the text of its whole file. */
type Placed = CompiledPolicy & { source: string; offset: number };

export function checkPolicies(files: PolicyFiles, deps: CheckDeps): CheckedPolicies {
  const problems = problemsOfFiles(files);
  const names = Object.keys(files).filter((file) => FILE_NAME.test(file));
  const placed: Placed[] = [];
  for (const file of names.sort()) {
    const read = policiesIn(file, files[file] as string, deps.cedar);
    problems.push(...read.problems);
    placed.push(...read.policies);
  }
  problems.push(...twins(placed));
  if (problems.length === 0) problems.push(...misfits(placed, deps));
  const parsed = deps.parseThresholds(files[THRESHOLDS_FILE] ?? '');
  if ('problems' in parsed)
    problems.push(...parsed.problems.map((problem) => ({ file: THRESHOLDS_FILE, column: 1, ...problem })));
  if (problems.length > 0 || 'problems' in parsed) return { kind: 'wrong', problems };
  const policies = placed.map(({ source, offset, ...policy }) => policy);
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
function policiesIn(file: string, source: string, cedar: Cedar): { policies: Placed[]; problems: PolicyProblem[] } {
  const parsed = cedar.checkParsePolicySet({ staticPolicies: source });
  if (parsed.type === 'failure') {
    return { policies: [], problems: parsed.errors.map((error) => problemAt(file, source, 0, error)) };
  }
  const parts = done(cedar.policySetTextToParts(source));
  const problems: PolicyProblem[] = [];
  const policies: Placed[] = [];
  if (parts.policies.length > POLICIES_MAX)
    problems.push(positionIn(file, source, 0, `expected at most ${POLICIES_MAX} policies`));
  for (const { text, offset } of inOrder(source, parts.policies)) {
    const { effect, action, annotations } = done(cedar.policyToJson(text)).json;
    const id = annotations?.id ?? '';
    if (!POLICY_ID.test(id))
      problems.push(positionIn(file, source, offset, 'expected @id("a-name") before the policy'));
    const only = action.op === '==' && 'entity' in action ? { action: (action.entity as { id: string }).id } : {};
    policies.push({ id, file, effect, ...only, text, source, offset });
  }
  return { policies, problems };
}

/** Where each policy begins, in bytes: Cedar sorts them by names of its own, and the same text may be there twice. */
function inOrder(source: string, texts: readonly string[]): { text: string; offset: number }[] {
  const ends = new Map<string, number>();
  const places = texts.map((text) => {
    const begin = source.indexOf(text, ends.get(text));
    ends.set(text, begin + text.length);
    return { text, offset: Buffer.byteLength(source.slice(0, begin)) };
  });
  return places.sort((one, other) => one.offset - other.offset);
}

/** What Cedar cannot do with what it has parsed already is no mistake of who wrote it. */
function done<Answer extends { type: string }>(answer: Answer): Exclude<Answer, { type: 'failure' }> {
  if (answer.type === 'failure') throw new Error(`Cedar refuses what it took before: ${JSON.stringify(answer)}`);
  return answer as Exclude<Answer, { type: 'failure' }>;
}

function twins(placed: readonly Placed[]): PolicyProblem[] {
  const seen = new Set<string>();
  return placed.flatMap(({ id, file, source, offset }) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [positionIn(file, source, offset, `expected an id that no other policy has, got ${id}`)];
  });
}

/** What does not fit the schema. A policy that can never apply is a mistake as well: a forbid that forbids nothing. */
function misfits(placed: readonly Placed[], { cedar, schema }: CheckDeps): PolicyProblem[] {
  const staticPolicies = Object.fromEntries(placed.map(({ id, text }) => [id, text]));
  const answer = cedar.validate({ schema, policies: { staticPolicies }, validationSettings: { mode: 'strict' } });
  if (answer.type === 'failure')
    return answer.errors.map(({ message }) => ({ file: 'lazyark.cedarschema', line: 1, column: 1, message }));
  const { validationErrors, validationWarnings } = answer;
  const found = validationErrors.length > 0 ? validationErrors : validationWarnings;
  return found.map(({ policyId, error }) => {
    const place = placed.find(({ id }) => id === policyId) ?? { file: '(all files)', source: '', offset: 0 };
    return problemAt(place.file, place.source, place.offset, error);
  });
}

function actionsOf({ cedar, schema }: CheckDeps): string[] {
  return Object.values(done(cedar.schemaToJson(schema)).json).flatMap(({ actions }) => Object.keys(actions));
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
  const before = Buffer.from(text).subarray(0, bytes).toString();
  const line = before.split('\n').length;
  return { file, line, column: before.length - before.lastIndexOf('\n'), message };
}
