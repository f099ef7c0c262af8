// lazyark notice …: what people should know, worst first, and their answer, which stops the ladder at once.
import type { Command } from 'commander';
import { BadInput } from './failure.ts';
import { readTextFile } from './objective-file.ts';
import {
  fieldLines,
  onApi,
  type PageOf,
  type PageOptions,
  pageLines,
  pageQuery,
  type Surroundings,
  withPage,
} from './session.ts';

type Delivery = { round: number; channel: string; status: string; reason: string; attempts: number; at: string };
type NoticeView = {
  noticeId: string;
  severity: string;
  status: string;
  ladder: string;
  needsAckBy: string;
  count: number;
  title: string;
  rank: string[];
  deliveries: Delivery[];
};

export function addNoticeCommands(program: Command, surroundings: Surroundings): void {
  const notice = program.command('notice').description('what people should know, and their answers');
  const list = withPage(notice.command('list').description('open ones, worst and most urgent first'));
  list.option('--answered', 'those that were acknowledged or resolved instead, newest first');
  onApi<PageOptions & { answered?: boolean }>(list, surroundings, async ({ api, options, print }) => {
    const status = options.answered ? 'answered' : 'open';
    const page = await api.get<PageOf<NoticeView>>('/notices', { ...pageQuery(options), status });
    const row = (one: NoticeView) => [
      one.noticeId,
      one.severity,
      one.needsAckBy,
      one.ladder,
      `${one.count}×`,
      one.title,
    ];
    print(page, () => pageLines(page, ['notice', 'severity', 'answer by', 'ladder', 'times', 'title'], row));
  });
  onApi(
    notice.command('show <notice-id>').description('one notice: its rank with the reasons, and every delivery'),
    surroundings,
    async ({ api, print }, id = '') => {
      const found = await api.get<NoticeView>(`/notices/${encodeURIComponent(id)}`);
      const { deliveries, ...rest } = found;
      print(found, () => [...fieldLines(rest), ...deliveryLines(deliveries)]);
    },
  );
  addTelling(notice, surroundings);
  for (const [verb, description] of Object.entries({
    acknowledge: 'say that you have seen it: no rung sends anything from now on',
    resolve: 'say that what it was about has passed',
  })) {
    const command = notice.command(`${verb} <notice-id>`).description(description);
    command.option('--note <text>', 'kept with the notice and in the audit');
    onApi<{ note?: string }>(command, surroundings, async ({ api, options, print }, id = '') => {
      const body = options.note === undefined ? {} : { note: options.note };
      const answer = await api.post<NoticeView>(`/notices/${encodeURIComponent(id)}/${verb}`, body);
      print(answer, () => [`${id} ${answer.status}`]);
    });
  }
}

function addTelling(notice: Command, surroundings: Surroundings): void {
  const say = notice
    .command('say <title>')
    .description('tell the people who watch; also to try whether it reaches them');
  say.requiredOption('--body <text>', 'what they should know');
  say.option('--severity <severity>', 'critical, error, warning or info', 'info');
  onApi<{ body: string; severity: string }>(say, surroundings, async ({ api, options, print }, title = '') => {
    const { body, severity } = options;
    const answer = await api.post<{ noticeId: string }>('/notices', { title, body, severity });
    print(answer, () => [answer.noticeId]);
  });
  const channels = notice.command('channels <file>');
  channels.description(
    'replace addresses, keys and numbers of all channels by those in a JSON file (docs/escalation.md)',
  );
  onApi(channels, surroundings, async ({ api, print }, file = '') => {
    const answer = await api.post<{ channels: string[]; people: string[] }>('/notices/channels', jsonIn(file));
    print(answer, () => [
      `channels: ${answer.channels.join(', ') || 'none'}`,
      `numbers of: ${answer.people.join(', ') || 'nobody'}`,
    ]);
  });
}

function jsonIn(file: string): unknown {
  const text = readTextFile(file);
  try {
    return JSON.parse(text);
  } catch {
    throw new BadInput(`${file} is not valid JSON`, []);
  }
}

const deliveryLines = (deliveries: readonly Delivery[]): string[] => [
  ...(deliveries.length > 0 ? ['deliveries:'] : []),
  ...deliveries.map(({ round, channel, status, reason, attempts, at }) => {
    const tries = attempts > 1 ? `, attempt ${attempts}` : '';
    return `  ${at} round ${round} ${channel}: ${status} (${reason}${tries})`;
  }),
];
