// The digest: what was kept back, told in one message, worst first. Pure.
import type { Notice, WantedNotice } from './notice.ts';
import { ranked } from './notice-rank.ts';

const LINES_MAX = 10;
const LINE_CHARACTERS_MAX = 150;

/**
 * One digest per interval, however often it is asked for, of what was kept back before the interval began; nothing when
 * nothing waits for it. All digests are one notice, each a round of its own.
 */
export function digestOf(
  open: readonly Notice[],
  everyMinutes: number,
  now: Date,
): { wanted: WantedNotice; members: Notice[] } | undefined {
  const intervalOf = (ms: number) => Math.floor(ms / (everyMinutes * 60_000));
  const interval = intervalOf(now.getTime());
  const waiting = open.filter(
    ({ ladder, roundAt }) => ladder === 'digest' && intervalOf(Date.parse(roundAt)) < interval,
  );
  const members = ranked(waiting);
  const [first] = members;
  if (!first) return undefined;
  const lines = members
    .slice(0, LINES_MAX)
    .map((one) => `${one.severity}: ${one.title} (${one.count}×)`.slice(0, LINE_CHARACTERS_MAX));
  const rest = members.length - lines.length;
  const wanted: WantedNotice = {
    key: 'digest',
    kind: 'digest',
    // ranked: the first is the worst
    severity: first.severity,
    title: members.length === 1 ? 'One more notice waits' : `${members.length} more notices wait`,
    body: [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n'),
    subject: {},
    occurrence: `${interval}`,
  };
  return { wanted, members };
}
