// lazyark stage …: what is in shadow or in a canary, what it would have done, and a captain's promote and demote.
import type { Command } from 'commander';
import { fieldLines, onApi, pageLines, type Surroundings } from './session.ts';

type Check = { rule: string; needed: string; is: string; met: boolean };
type Promotion = {
  kind: 'promote' | 'not_yet' | 'live';
  to?: string;
  by?: string;
  missing?: string[];
  checks?: Check[];
};
type Report = {
  subject: string;
  step: string;
  candidate?: string;
  money: boolean;
  daysAtThisStep: number;
  agreement: number | null;
  disagreementAtMost: number | null;
  record: Record<string, number>;
  promotion: Promotion;
  why: string;
  by: string;
};
type Moved = { reason: string; force?: boolean };

export function addStageCommands(program: Command, surroundings: Surroundings): void {
  const stage = program
    .command('stage')
    .description('how new autonomous logic earns its freedom: shadow, canary, live');
  onApi(stage.command('list').description('everything that is under a stage'), surroundings, async ({ api, print }) => {
    const page = await api.get<{ items: Report[] }>('/stages');
    const row = (item: Report) => [
      ...[item.subject, item.step, item.candidate ?? '-', item.record.decisions, percent(item.agreement)],
      ...[item.daysAtThisStep, verdictOf(item.promotion)],
    ];
    const headings = ['subject', 'step', 'candidate', 'decisions', 'agreement', 'days', 'next'];
    print(page, () => pageLines(page, headings, row));
  });
  for (const [verb, description] of Object.entries({
    show: 'one subject with its record and its history',
    report: 'what it would have done, how often that agreed, and what is missing for the next step',
  })) {
    onApi(
      stage.command(`${verb} <subject>`).description(description),
      surroundings,
      async ({ api, print }, subject = '') => {
        const report = await api.get<Report>(`/stages/${encodeURIComponent(subject)}`);
        print(report, () => (verb === 'show' ? fieldLines(report) : reportLines(report)));
      },
    );
  }
  const start = stage.command('start <subject>').description('put a capability or an action into shadow');
  start
    .option('--candidate <agent-id>', 'the agent that is to be tried; the others stay')
    .option('--money', 'it spends');
  onApi<Moved & { candidate?: string; money?: boolean }>(
    start.requiredOption('--reason <text>', 'kept in the audit'),
    surroundings,
    async ({ api, options, print }, subject = '') => {
      const { candidate, money = false, reason } = options;
      const report = await api.post<Report>('/stages', { subject, candidate, money, reason });
      print(report, () => fieldLines(report ?? {}));
    },
  );
  addMoves(stage, surroundings);
}

function addMoves(stage: Command, surroundings: Surroundings): void {
  const promote = stage.command('promote <subject>').description('one step on; refused when it is not earned');
  promote.option('--force', 'although it is not earned; kept in the audit');
  const demote = stage.command('demote <subject>').description('back to shadow, at once');
  for (const [verb, command] of Object.entries({ promote, demote })) {
    onApi<Moved>(
      command.requiredOption('--reason <text>', 'kept in the audit'),
      surroundings,
      async ({ api, options, print }, subject = '') => {
        const { reason, force } = options;
        const body = { reason, ...(force ? { force } : {}) };
        const report = await api.post<Report>(`/stages/${encodeURIComponent(subject)}/${verb}`, body);
        print(report, () => [`${subject} ${report?.step}`]);
      },
    );
  }
}

const percent = (share: number | null): string => (share === null ? 'unknown' : `${Math.round(share * 1_000) / 10} %`);

function verdictOf({ kind, to, by }: Promotion): string {
  if (kind === 'live') return '-';
  return kind === 'promote' ? `${to}: earned${by === 'captain' ? ', a captain decides' : ''}` : `${to}: not yet`;
}

function reportLines({
  subject,
  step,
  daysAtThisStep,
  agreement,
  disagreementAtMost,
  record,
  promotion,
  by,
  why,
}: Report) {
  const { decisions, compared, wouldBeRefused, wouldSpendCents = 0 } = record;
  const sure = disagreementAtMost === null ? '' : `; 95 % sure: at least ${percent(1 - disagreementAtMost)}`;
  const checks = (promotion.checks ?? []).map(
    ({ rule, needed, is, met }) => `  ${met ? 'yes' : 'no '}  ${rule}: ${is}, needed ${needed}`,
  );
  return [
    `${subject} is at ${step} since ${daysAtThisStep} days (${by}: ${why})`,
    `${decisions} decisions, ${compared} compared, agreement ${percent(agreement)}${sure}`,
    `would have spent $${(wouldSpendCents / 100).toFixed(2)}, and been refused ${wouldBeRefused} times`,
    `candidate: ${record.candidateFailed} failed, ${record.candidateSucceeded} succeeded`,
    `incumbent: ${record.incumbentFailed} failed, ${record.incumbentSucceeded} succeeded`,
    `next: ${verdictOf(promotion)}`,
    ...checks,
  ];
}
