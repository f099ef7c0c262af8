// lazyark decision …: what waits for votes, a person or the captain, and what became of it.
import type { Command } from 'commander';
import { BadInput } from './failure.ts';
import {
  fieldLines,
  onApi,
  type PageOf,
  type PageOptions,
  pageLines,
  pageQuery,
  type Session,
  type Surroundings,
  withPage,
} from './session.ts';
import { harmless } from './terminal.ts';

type Ballot = { voterId: string; accepts: string[]; abstains: boolean; reason: string; captain: boolean };
type Summary = {
  decisionId: string;
  status: string;
  action?: string;
  actor?: string;
  target?: string;
  spendCents?: number;
  votes: { for: number; against: number; seats: number };
  openedAt: string;
  closesAt?: string;
};
type Decision = Summary & {
  digest: string;
  proposed: { effectId: string; [field: string]: unknown }[];
  ballots: Ballot[];
  mayStillAct: object;
};
type ListOptions = PageOptions & { actor?: string; action?: string; status?: string; waitingForMe?: boolean };
type VoteOptions = { approve?: true; reject?: true; abstain?: true; rank?: string; reason: string; digest?: string };

export function addDecisionCommands(program: Command, surroundings: Surroundings): void {
  const decision = program.command('decision').description('what was put to the vote or before a person');
  const list = withPage(decision.command('list').description('newest first'))
    .option('--actor <actor>', 'proposed by')
    .option('--action <action>', 'such as task.execute')
    .option('--status <status>', 'gathering, open, approved, rejected, expired or vetoed')
    .option('--waiting-for-me', 'only what your token may still vote on');
  onApi<ListOptions>(list, surroundings, async ({ api, options, print }) => {
    const { actor, action, status, waitingForMe } = options;
    const query = { ...pageQuery(options), actor, action, status, waitingFor: waitingForMe ? 'me' : undefined };
    const page = await api.get<PageOf<Summary>>('/decisions', query);
    print(page, () =>
      pageLines(page, ['decision', 'opened', 'status', 'votes', 'spend', 'action', 'actor', 'target'], row),
    );
  });
  onApi(
    decision
      .command('show <decision-id>')
      .description('one decision: proposals, votes with reasons, who may still act'),
    surroundings,
    async ({ api, print }, id = '') => {
      const found = await api.get<Decision>(pathOf(id));
      print(found, () => decisionLines(found));
    },
  );
  addVote(decision, surroundings);
  const veto = decision
    .command('veto <decision-id>')
    .description('the captain’s veto: before, during, or after by reversal');
  onApi<{ reason: string }>(
    veto.requiredOption('--reason <text>', 'kept in the audit'),
    surroundings,
    async ({ api, options, print }, id = '') => {
      const answer = await api.post<object>(`${pathOf(id)}/veto`, { reason: options.reason });
      print(answer, () => fieldLines(answer));
    },
  );
}

function addVote(decision: Command, surroundings: Surroundings): void {
  const vote = decision
    .command('vote <decision-id>')
    .description('vote once, on what the decision says now')
    .option('--approve', 'agree to it')
    .option('--reject', 'be against it')
    .option('--abstain', 'take part without a word for or against')
    .option('--rank <effect-ids>', 'of several: those agreed to, best first, with commas between')
    .option('--digest <digest>', 'what you have read; without it, what the decision says now')
    .requiredOption('--reason <text>', 'kept with the vote');
  onApi<VoteOptions>(vote, surroundings, async (session, id = '') => {
    const said = saidIn(session.options);
    const answer = await castVote(id, said, session);
    session.print(answer, () => [`${id} ${answer.status}: ${votesOf(answer)}`]);
  });
}

function saidIn({ approve, reject, abstain, rank }: VoteOptions): { choice: string } | { ranking: string[] } {
  const said = Object.entries({ approve, reject, abstain }).filter(([, given]) => given);
  if (said.length + (rank === undefined ? 0 : 1) !== 1)
    throw new BadInput('Say one of --approve, --reject, --abstain and --rank');
  return rank === undefined ? { choice: said[0]?.[0] ?? '' } : { ranking: rank.split(',').map((one) => one.trim()) };
}

async function castVote(id: string, said: object, { api, options }: Session<VoteOptions>): Promise<Decision> {
  const digest = options.digest ?? (await api.get<Decision>(pathOf(id))).digest;
  return api.post<Decision>(`${pathOf(id)}/vote`, { ...said, digest, reason: options.reason });
}

const pathOf = (id: string): string => `/decisions/${encodeURIComponent(id)}`;
const votesOf = ({ votes }: Summary): string => `${votes.for} for, ${votes.against} against, ${votes.seats} seats`;
const dollars = (cents?: number): string => (cents === undefined ? '' : `$${(cents / 100).toFixed(2)}`);
const row = (one: Summary) => [
  one.decisionId,
  one.openedAt,
  one.status,
  `${one.votes.for}:${one.votes.against} of ${one.votes.seats}`,
  dollars(one.spendCents),
  one.action,
  one.actor,
  one.target,
];

function decisionLines({ proposed, ballots, mayStillAct, ...facts }: Decision): string[] {
  const said = ({ abstains, accepts }: Ballot) => (abstains ? 'abstained' : accepts.length > 0 ? 'for' : 'against');
  return [
    ...fieldLines(facts),
    ...proposed.flatMap((proposal) => ['', ...fieldLines(proposal)]),
    '',
    ...ballots.map((ballot) => harmless(`${ballot.voterId} ${said(ballot)}: ${ballot.reason}`)),
    ...(ballots.length > 0 ? [''] : []),
    ...fieldLines({ mayStillAct }),
  ];
}
