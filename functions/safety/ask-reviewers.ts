// Has the built-in reviewers vote: each under its own identity, with its reason, once.
import { admitVote } from './admit-vote.ts';
import type { Decision, Option, Seat } from './decision.ts';
import type { DecisionDeps } from './decision-work.ts';
import type { ReviewRule } from './panel.ts';
import type { HeldEffect } from './place-proposal.ts';
import { type Background, type Opinion, type Precedent, review } from './review-rules.ts';

const DAY_MS = 86_400_000;
const LOOKED_BACK_MAX = 100;
const PRECEDENTS_MAX = 20;

/** Those who have not voted yet do. A vote that came meanwhile, or the end of the voting, is no fault. */
export async function askReviewers(decision: Decision, deps: DecisionDeps): Promise<void> {
  const silent = decision.seats.filter(({ voterId, builtIn }) => builtIn && !Object.hasOwn(decision.votes, voterId));
  if (silent.length === 0) return;
  const cases = await casesOf(decision, deps);
  if (cases.length === 0) return;
  for (const seat of silent) {
    const rule = deps.panel.seats.find(({ voterId }) => voterId === seat.voterId)?.rule;
    if (rule) await vote(seat, rule, cases, decision, deps);
  }
}

type Case = { option: Option; effect: HeldEffect; background: Background };

async function vote(
  { voterId }: Seat,
  rule: ReviewRule,
  cases: readonly Case[],
  decision: Decision,
  deps: DecisionDeps,
) {
  const opinions = cases.map(({ option, effect, background }) => ({ option, ...review(rule, effect, background) }));
  const ranking = opinions.filter(({ choice }) => choice === 'approve').sort(byPreference);
  const paper = {
    ranking: ranking.map(({ option }) => option.effectId),
    reason: reasonOf(opinions),
    digest: decision.digest,
  };
  const voter = { principalId: voterId, roles: [], inside: true };
  const admission = admitVote(decision, voter, paper, deps.now().toISOString());
  if (admission.kind === 'admitted') await deps.decisions.cast(decision.decisionId, admission.vote);
}

/** Who agrees to several prefers the surer, then the cheaper one. */
const byPreference = ({ option: a }: { option: Option }, { option: b }: { option: Option }): number =>
  b.confidence - a.confidence || a.spendCents - b.spendCents || (a.effectId < b.effectId ? -1 : 1);

function reasonOf(opinions: readonly (Opinion & { option: Option })[]): string {
  const lines = opinions.map(({ option, reason }) => (opinions.length === 1 ? reason : `${option.choice}: ${reason}`));
  return lines.join('; ').slice(0, 500);
}

async function casesOf(decision: Decision, deps: DecisionDeps): Promise<Case[]> {
  const at = deps.now();
  const past = await lookBack(decision, at, deps);
  const cases = await Promise.all(
    decision.options.map(async (option) => {
      const effect = await deps.effect(option.effectId);
      // What changed or went away since is not reviewed: nobody agrees to what they have not seen.
      if (!effect || effect.digest !== option.digest) return undefined;
      const precedents = await precedentsOf(option, past, deps);
      const spentCents = spentIn24Hours(past, at.getTime());
      return { option, effect, background: { precedents, spentCents, spendCentsPerDay: deps.panel.spendCentsPerDay } };
    }),
  );
  return cases.filter((one) => one !== undefined);
}

/** The decisions of this month and the one before, the newest ones. */
async function lookBack(decision: Decision, at: Date, { decisions }: DecisionDeps): Promise<Decision[]> {
  const months = [at, new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 0))].map((day) =>
    day.toISOString().slice(0, 7),
  );
  const pages = await Promise.all(months.map((month) => decisions.ofMonth(month, { limit: LOOKED_BACK_MAX })));
  return pages.flatMap(({ items }) => items).filter(({ decisionId }) => decisionId !== decision.decisionId);
}

async function precedentsOf(
  { action, target }: Option,
  past: readonly Decision[],
  deps: DecisionDeps,
): Promise<Precedent[]> {
  const alike = past
    .filter(({ status }) => status !== 'open' && status !== 'gathering')
    .filter(({ options }) => options.some((option) => option.action === action && option.target === target))
    .slice(0, PRECEDENTS_MAX);
  return Promise.all(
    alike.map(async ({ status, chosen }) => ({ status, outcome: chosen && (await deps.effect(chosen))?.status })),
  );
}

const spentIn24Hours = (past: readonly Decision[], nowMs: number): number =>
  past
    .filter(({ status, decidedAt }) => status === 'approved' && Date.parse(String(decidedAt)) > nowMs - DAY_MS)
    .flatMap(({ options, chosen }) => options.filter(({ effectId }) => effectId === chosen))
    .reduce((sum, { spendCents }) => sum + spendCents, 0);
