// Raises a notice: kept once per key, told at once or in a digest as the budget allows, and the ladder begun.
import { logger } from '../common/lambda.ts';
import { masked } from '../common/mask.ts';
import { TableBusy } from '../common/table.ts';
import type { EscalationConfig } from './escalation-config.ts';
import { noticeIdOf, SEVERITIES, WantedNotice } from './notice.ts';
import { type NoticeStore, putNotice, putUsed, readNoticeOf, readUsed } from './notice-items.ts';
import type { Used } from './prompt-budget.ts';
import { decideRaise, type RaiseDecision } from './raise-decision.ts';

/** Begins the ladder of one round; twice for the same round is once. */
export type StartLadder = (noticeId: string, round: number) => Promise<void>;
export type RaiseDeps = NoticeStore & {
  config: EscalationConfig;
  now: () => Date;
  /** without it the sweep begins the ladder, within a minute */
  startLadder?: StartLadder;
};
export type Raised = { noticeId: string; outcome: RaiseDecision['kind']; reason: string; round?: number };

const TRIES_MAX = 5;

/** Says something to people. Harmless twice; throws only when the table is busy or what is wanted is malformed. */
export async function raise(
  input: Omit<WantedNotice, 'subject'> & Partial<WantedNotice>,
  deps: RaiseDeps,
): Promise<Raised> {
  const wanted = withoutSecrets(WantedNotice.parse(input));
  const noticeId = noticeIdOf(wanted.key);
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const decision = await tryRaise(wanted, deps);
    if (!decision) continue;
    if (decision.kind !== 'told') return { noticeId, outcome: decision.kind, reason: decision.reason };
    const { round, ladder } = decision.notice;
    if (ladder === 'wanted') await begin(noticeId, round, deps);
    return { noticeId, outcome: 'told', reason: decision.reason, round };
  }
  throw new TableBusy(`${noticeId} was changed by others ${TRIES_MAX} times in a row`);
}

/** What agents say may hold what is nobody's business; a notice goes to other companies' servers. */
function withoutSecrets(wanted: WantedNotice): WantedNotice {
  const subject = Object.entries(wanted.subject).map(([name, value]) => [name, masked(value)]);
  return {
    ...wanted,
    title: masked(wanted.title).slice(0, 200),
    body: masked(wanted.body).slice(0, 4_000),
    subject: Object.fromEntries(subject),
  };
}

/** Nothing when another changed what the decision was based on. */
async function tryRaise(wanted: WantedNotice, deps: RaiseDeps): Promise<RaiseDecision | undefined> {
  const { table, tables, config } = deps;
  const [notice, ...budgets] = await Promise.all([
    readNoticeOf(wanted.key, deps),
    ...SEVERITIES.map((severity) => readUsed(severity, deps)),
  ]);
  const used = (severity: (typeof SEVERITIES)[number]) => budgets[SEVERITIES.indexOf(severity)] as Used;
  const decision = decideRaise(wanted, { notice, used }, config, deps.now());
  if (decision.kind === 'ignored') return decision;
  const writes = [putNotice(table, decision.notice, 'safety/raise-notice', decision.reason)];
  if (decision.kind === 'told' && decision.admission?.kind === 'prompt') {
    const { severity } = decision.notice;
    writes.push(putUsed(table, severity, used(severity), decision.admission.used));
  }
  return (await tables.write(writes)).written ? decision : undefined;
}

/** The notice stands already: where this fails, the sweep begins the ladder. */
async function begin(noticeId: string, round: number, { startLadder }: RaiseDeps): Promise<void> {
  await startLadder?.(noticeId, round).catch((error: Error) =>
    logger.warn('ladder not begun; the sweep will', { noticeId, errorName: error.name }),
  );
}
