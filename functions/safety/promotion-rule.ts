// Whether a subject has earned its next step: computed from its record, with what is still missing. Pure.
import { upperShare } from './exact-test.ts';
import { STEP_AFTER, STEPS, type Stage, type StagesConfig, type Step } from './stage.ts';

export type Check = { rule: string; needed: string; is: string; met: boolean };
export type Promotion =
  | { kind: 'promote'; to: Step; by: 'rules' | 'captain'; reason: string; checks: Check[] }
  | { kind: 'not_yet'; to: Step; missing: string[]; checks: Check[] }
  | { kind: 'live' };

const HOUR_MS = 3_600_000;

/** `by: 'captain'`: earned, and a captain has to say yes. Nothing beyond what the configuration allows happens by itself. */
export function decidePromotion(stage: Stage, nowMs: number, { promotion }: StagesConfig): Promotion {
  if (stage.step === 'live') return { kind: 'live' };
  const to = STEP_AFTER[stage.step];
  const checks = checksOf(stage, nowMs, promotion, promotion.steps[stage.step]);
  const missing = checks.filter(({ met }) => !met).map(({ rule, needed, is }) => `${rule}: ${is}, needed ${needed}`);
  if (missing.length > 0) return { kind: 'not_yet', to, missing, checks };
  const reason = checks.map(({ rule, is }) => `${rule} ${is}`).join(', ');
  return {
    kind: 'promote',
    to,
    by: mayHappenByItself(stage, to, promotion.automaticUpTo) ? 'rules' : 'captain',
    reason,
    checks,
  };
}

type Rules = StagesConfig['promotion'];

function checksOf({ record, since }: Stage, nowMs: number, rules: Rules, evidence: Rules['steps']['shadow']): Check[] {
  const { decisions, compared, disagreed, critical } = record;
  const hours = (nowMs - Date.parse(since)) / HOUR_MS;
  const checks: Check[] = [
    atLeast('decisions', decisions, evidence.decisionsMin),
    atLeast('hours at this step', Math.floor(hours * 10) / 10, evidence.hoursMin),
    { rule: 'critical', needed: `at most ${rules.criticalMax}`, is: `${critical}`, met: critical <= rules.criticalMax },
  ];
  if (evidence.comparedMin > 0) checks.push(atLeast('decisions compared', compared, evidence.comparedMin));
  if (compared > 0) checks.push(agreement(disagreed, compared, rules.disagreementMax));
  return checks;
}

const atLeast = (rule: string, is: number, needed: number): Check => ({
  rule,
  needed: `at least ${needed}`,
  is: `${is}`,
  met: is >= needed,
});

function agreement(disagreed: number, compared: number, most: number): Check {
  const upper = upperShare({ failed: disagreed, of: compared });
  const is = `${percent(disagreed / compared)} of ${compared} (95 % sure: at most ${percent(upper)})`;
  return { rule: 'disagreement', needed: `at most ${percent(most)}`, is, met: disagreed / compared <= most };
}

const percent = (share: number): string => `${Math.round(share * 10_000) / 100} %`;

function mayHappenByItself({ money, record }: Stage, to: Step, upTo: Rules['automaticUpTo']): boolean {
  const spends = money || record.wouldSpendCents > 0;
  return !spends && upTo !== 'none' && STEPS.indexOf(to) <= STEPS.indexOf(upTo);
}
