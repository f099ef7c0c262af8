// The five built-in reviewers: each looks at one side of a proposal that policy already allows, and may only say no to it.
import type { Weighed } from './effect.ts';
import type { ReviewRule } from './panel.ts';

export type Opinion = { choice: 'approve' | 'reject'; reason: string };
/** A decision of the last weeks about the same action on the same target. */
export type Precedent = { status: string; outcome?: string };
/** What a reviewer knows besides the proposal. */
export type Background = {
  precedents: readonly Precedent[];
  /** approved in the last 24 hours, this proposal not counted */
  spentCents: number;
  spendCentsPerDay: number;
};
export type Reviewed = Pick<
  Weighed,
  | 'actor'
  | 'action'
  | 'target'
  | 'context'
  | 'options'
  | 'choice'
  | 'rationale'
  | 'confidence'
  | 'impact'
  | 'reversible'
  | 'undo'
> & { scope?: { room?: string; agentId?: string; objectiveId?: string } };
type Review = (proposal: Reviewed, background: Background) => Opinion;

const CONFIDENCE_LEAST = 0.6;
const CONFIDENCE_WITHOUT_PRECEDENT = 0.8;
const CONFIDENCE_WITHOUT_UNDO = 0.9;
const FAILURES_MAX = 3;
const RATIONALE_LEAST = 20;
const FILES_WITHOUT_UNDO_MAX = 5;

const yes = (reason: string): Opinion => ({ choice: 'approve', reason });
const no = (reason: string): Opinion => ({ choice: 'reject', reason });
const dollars = (cents: number): string => `$${(cents / 100).toFixed(2)}`;
const percent = (share: number): string => `${Math.round(share * 100)} %`;

const budget: Review = ({ impact }, { spentCents, spendCentsPerDay }) => {
  const sum = `${dollars(impact.spendCents)} on top of ${dollars(spentCents)} approved in 24 hours`;
  const most = dollars(spendCentsPerDay);
  return spentCents + impact.spendCents > spendCentsPerDay
    ? no(`${sum} is more than ${most}`)
    : yes(`${sum} is within ${most}`);
};

const precedent: Review = ({ confidence }, { precedents }) => {
  const refused = precedents.filter(({ status }) => status === 'vetoed' || status === 'rejected').length;
  const failed = precedents.filter(({ outcome }) => outcome === 'failed' || outcome === 'reversed').length;
  const done = precedents.filter(({ outcome }) => outcome === 'confirmed').length;
  if (refused > done) return no(`Refused ${refused} times before and done ${done} times`);
  if (failed >= FAILURES_MAX && failed >= done) return no(`Failed ${failed} times before and worked ${done} times`);
  if (done > 0) return yes(`Worked ${done} times before, failed ${failed} times`);
  return confidence >= CONFIDENCE_WITHOUT_PRECEDENT
    ? yes(`Nothing like it before, but ${percent(confidence)} sure`)
    : no(`Nothing like it before, and only ${percent(confidence)} sure`);
};

const reversibility: Review = ({ reversible, undo, impact, confidence }) => {
  if (reversible === 'yes') return undo ? yes(`Can be undone: ${undo}`) : no('Said to be reversible, but not how');
  if (reversible === 'nothing_to_undo' && impact.files === 0)
    return yes('Leaves nothing behind that would have to be undone');
  if (impact.files > FILES_WITHOUT_UNDO_MAX) return no(`Touches ${impact.files} files without an undo`);
  return confidence >= CONFIDENCE_WITHOUT_UNDO
    ? yes(`Cannot be undone, but ${percent(confidence)} sure`)
    : no(`Cannot be undone, and only ${percent(confidence)} sure`);
};

const evidence: Review = ({ options, choice, rationale, context, confidence }) => {
  if (confidence < CONFIDENCE_LEAST) return no(`Only ${percent(confidence)} sure`);
  if (new Set(options).size < 2) return no('No other way was looked at');
  if (!options.includes(choice)) return no('What was chosen is none of the options');
  if (rationale.length < RATIONALE_LEAST) return no('The rationale is too short to follow');
  if (Object.keys(context).length === 0) return no('It says nothing of what it rests on');
  return yes(`${options.length} options, a rationale and ${Object.keys(context).length} facts`);
};

const scope: Review = ({ scope: where, impact, actor }) => {
  if (!where?.objectiveId && !where?.agentId)
    return no('It belongs to no objective and no agent: nobody would answer for it');
  if (where.room && !actor.startsWith(where.room) && actor !== where.agentId)
    return no(`${actor} acts in the room ${where.room}, which is not its own`);
  const touched = impact.spendCents + impact.apiCalls + impact.files + impact.tokens;
  if (touched === 0) return no('It says that it touches nothing: its cost is not known');
  return yes(`Stays with ${where.objectiveId ?? where.agentId}`);
};

const REVIEWS: Record<ReviewRule, Review> = { budget, precedent, reversibility, evidence, scope };

export const review = (rule: ReviewRule, proposal: Reviewed, background: Background): Opinion =>
  REVIEWS[rule](proposal, background);
