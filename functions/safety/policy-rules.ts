// Decides by a set of policies: Cedar's answer for one proposal, remembered for all that are alike.
import type { Cedar } from './cedar.client.ts';
import type { Impact, Proposal } from './effect.ts';
import type { PolicyAnswer, Rules } from './gate-decision.ts';
import type { CompiledPolicies } from './policy-set.ts';

const REMEMBERED_MAX = 5_000;
const UNDECLARED: PolicyAnswer = { allowed: false, because: [] };

/** Which digest's policies Cedar holds parsed for an action: a new set takes the old one's place. */
const parsed = new WeakMap<Cedar, Map<string, string>>();

/**
 * Policies see of a proposal who, what and how much, but not the objective nor the words: what is alike in these gets the
 * same answer, so most proposals are decided without asking Cedar again.
 */
export function rulesFrom(compiled: CompiledPolicies, cedar: Cedar): Rules {
  const remembered = new Map<string, PolicyAnswer>();
  const judge = (proposal: Proposal, impact: Impact): PolicyAnswer => {
    const request = requestOf(proposal, impact);
    const key = JSON.stringify(request);
    const known = remembered.get(key);
    if (known) return known;
    const answer = compiled.actions.includes(proposal.action)
      ? ask(request, proposal.action, compiled, cedar)
      : UNDECLARED;
    if (remembered.size >= REMEMBERED_MAX) remembered.delete(remembered.keys().next().value as string);
    remembered.set(key, answer);
    return answer;
  };
  return { judge, thresholds: compiled.thresholds };
}

/** What the schema declares, of a proposal. */
export function requestOf({ action, target, scope, confidence, reversible }: Proposal, impact: Impact) {
  const { room, agentId, capability } = scope;
  const principal = agentId === undefined ? { type: 'Room', id: room } : { type: 'Agent', id: agentId };
  const parents = agentId === undefined ? [] : [{ type: 'Room', id: room }];
  return {
    principal,
    action: { type: 'Action', id: action },
    resource: { type: 'Target', id: target },
    context: {
      ...{ room, target, ...impact, reversible },
      confidencePercent: Math.floor(confidence * 100),
      ...(capability === undefined ? {} : { capability }),
    },
    entities: [{ uid: principal, attrs: {}, parents }],
  };
}

/** Only the policies that can be about this action are parsed and asked. Whatever fails is a refusal. */
function ask(
  request: ReturnType<typeof requestOf>,
  action: string,
  { digest, policies }: CompiledPolicies,
  cedar: Cedar,
): PolicyAnswer {
  const slots = parsed.get(cedar) ?? new Map<string, string>();
  parsed.set(cedar, slots);
  if (slots.get(action) !== digest) {
    const own = policies.filter((policy) => policy.action === undefined || policy.action === action);
    const staticPolicies = Object.fromEntries(own.map(({ id, text }) => [id, text]));
    const read = cedar.preparsePolicySet(action, { staticPolicies });
    if (read.type === 'failure') throw new Error(`The stored policies cannot be read: ${read.errors[0]?.message}`);
    slots.set(action, digest);
  }
  const answer = cedar.statefulIsAuthorized({ ...request, preparsedPolicySetId: action, validateRequest: false });
  if (answer.type === 'failure') return { allowed: false, because: [`Cedar: ${answer.errors[0]?.message}`] };
  const { decision, diagnostics } = answer.response;
  // A policy that fails is skipped by Cedar; a forbid must not be.
  const failed = diagnostics.errors.map(({ policyId }) => `${policyId}, which could not be decided`);
  if (failed.length > 0) return { allowed: false, because: failed };
  return { allowed: decision === 'allow', because: diagnostics.reason };
}
