// What becomes of a wanted notice: a new one, a repeat that is only counted, or a reason to tell people again. Pure.
import type { EscalationConfig } from './escalation-config.ts';
import { deadlineOf } from './ladder.ts';
import { isBefore, isWorse, type Notice, noticeIdOf, type Severity, type WantedNotice } from './notice.ts';
import { type Admission, takePrompt, type Used } from './prompt-budget.ts';

export type RaiseDecision =
  | { kind: 'ignored'; reason: 'kind_is_off' | 'told_already' | 'over_already' }
  | { kind: 'counted'; reason: 'still_open' | 'answered_recently'; notice: Notice }
  | {
      kind: 'told';
      reason: 'new' | 'worse_than_before' | 'came_back';
      notice: Notice;
      /** none where the notice has its own turn, as a digest has */
      admission: Admission | undefined;
    };

type Known = { notice: Notice | undefined; used: (severity: Severity) => Used };
const OCCURRENCES_KEPT = 20;
/** Deliveries of older rounds are in the audit. */
const ROUNDS_KEPT = 10;

/** `known` is what is stored: the notice of the same key, and what was used of each severity's budget. */
export function decideRaise(wanted: WantedNotice, known: Known, config: EscalationConfig, now: Date): RaiseDecision {
  const ruled = config.kinds[wanted.kind];
  if (ruled === 'off') return { kind: 'ignored', reason: 'kind_is_off' };
  const severity = ruled ?? wanted.severity;
  const { notice } = known;
  if (wanted.occurrence !== undefined && notice?.occurrences.includes(wanted.occurrence))
    return { kind: 'ignored', reason: 'told_already' };
  if (isBefore(wanted.happenedAt, notice?.overAt)) return { kind: 'ignored', reason: 'over_already' };
  if (!notice) return tell('new', firstOf(wanted, severity, now), severity, { wanted, known, config, now });
  const counted = countedOnce(notice, wanted, now);
  if (isWorse(severity, notice.severity))
    return tell('worse_than_before', counted, severity, { wanted, known, config, now });
  if (notice.status === 'open' && wanted.kind !== 'digest')
    return { kind: 'counted', reason: 'still_open', notice: counted };
  const quietMs = config.severities[severity].quietMinutes * 60_000;
  if (
    wanted.kind !== 'digest' &&
    notice.status === 'acknowledged' &&
    now.getTime() - Date.parse(notice.answeredAt ?? '') < quietMs
  )
    return { kind: 'counted', reason: 'answered_recently', notice: counted };
  return tell('came_back', counted, severity, { wanted, known, config, now });
}

type Circumstances = { wanted: WantedNotice; known: Known; config: EscalationConfig; now: Date };

function tell(
  reason: 'new' | 'worse_than_before' | 'came_back',
  counted: Notice,
  severity: Severity,
  { wanted, known, config, now }: Circumstances,
): RaiseDecision {
  const treatment = config.severities[severity];
  const { answeredBy, answeredAt, note, digestId, ...rest } = counted;
  const admission = wanted.kind === 'digest' ? undefined : takePrompt(known.used(severity), treatment.prompts, now);
  const notice: Notice = {
    ...rest,
    severity,
    title: wanted.title,
    body: wanted.body,
    subject: wanted.subject,
    status: 'open',
    ladder: admission?.kind === 'digest' ? 'digest' : 'wanted',
    ladderReason: admission?.reason ?? 'tells what was kept together',
    round: counted.round + 1,
    deliveries: latest(counted),
    roundAt: now.toISOString(),
    needsAckBy: wanted.needsAckBy ?? new Date(deadlineOf(treatment, now.getTime())).toISOString(),
  };
  return { kind: 'told', reason, notice, admission };
}

const latest = ({ deliveries, round }: Notice): Notice['deliveries'] =>
  Object.fromEntries(Object.entries(deliveries).filter(([, delivery]) => delivery.round > round - ROUNDS_KEPT));

const firstOf = (wanted: WantedNotice, severity: Severity, now: Date): Notice => ({
  noticeId: noticeIdOf(wanted.key),
  key: wanted.key,
  kind: wanted.kind,
  severity,
  title: wanted.title,
  body: wanted.body,
  subject: wanted.subject,
  status: 'open',
  ladder: 'wanted',
  ladderReason: '',
  round: 0,
  needsAckBy: now.toISOString(),
  raisedAt: now.toISOString(),
  roundAt: now.toISOString(),
  lastAt: now.toISOString(),
  count: 1,
  occurrences: wanted.occurrence === undefined ? [] : [wanted.occurrence],
  ...(wanted.happenedAt && { happenedAt: wanted.happenedAt }),
  deliveries: {},
  version: 0,
});

const countedOnce = (notice: Notice, { occurrence, happenedAt }: WantedNotice, now: Date): Notice => ({
  ...notice,
  ...(happenedAt && { happenedAt }),
  count: notice.count + 1,
  lastAt: now.toISOString(),
  occurrences:
    occurrence === undefined ? notice.occurrences : [...notice.occurrences, occurrence].slice(-OCCURRENCES_KEPT),
});
