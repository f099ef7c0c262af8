// What each channel is sent: the same notice within the limits and the markup of each. Pure; no address is in here.
import type { Notice, Severity } from './notice.ts';

export type Outlook = { source: string; consoleUrl?: string; answerByIso: string };

const DISCORD_MAX = 2_000;
const SLACK_MAX = 12_000;
const PAGERDUTY_SUMMARY_MAX = 1_024;
/** Two parts of a text message in the GSM alphabet. */
const SMS_MAX = 306;
const VOICE_MAX = 600;

/** Cut between characters, never inside one, with a mark that something is missing. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  let cut = '';
  for (const character of text) {
    if (cut.length + character.length > most - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

/** Control characters could forge lines or hide text; line breaks stay. */
const plain = (text: string): string => text.replace(/[^\P{C}\n]/gu, '');
const oneLine = (text: string): string => plain(text).replace(/\s+/g, ' ').trim();

/** Told a second time it says so: nobody has to wonder whether a message came twice. Each digest is a new one. */
const titleOf = ({ title, round, kind }: Notice): string =>
  oneLine(round > 1 && kind !== 'digest' ? `Again (round ${round}): ${title}` : title);

const MARKS: Record<Severity, string> = { critical: '🔴', error: '🟠', warning: '🟡', info: '🔵' };

const commandFor = ({ noticeId }: Notice) => `npx lazyark notice acknowledge ${noticeId}`;
const linkTo = ({ noticeId }: Notice, { consoleUrl }: Outlook) =>
  consoleUrl ? `${consoleUrl.replace(/\/+$/, '')}/notices/${noticeId}` : undefined;

/** Mentions are switched off for whatever the text holds: it may come from an agent. */
export function discordMessage(notice: Notice, outlook: Outlook): object {
  const seconds = Math.floor(Date.parse(outlook.answerByIso) / 1_000);
  const tail = [`Answer by <t:${seconds}:t>: \`${commandFor(notice)}\``, linkTo(notice, outlook)];
  const end = tail.filter((line) => line !== undefined).join('\n');
  const head = `${MARKS[notice.severity]} **${notice.severity.toUpperCase()}** ${titleOf(notice)}`;
  const room = DISCORD_MAX - end.length - 1;
  return {
    username: clip(outlook.source, 80),
    content: `${clip(`${head}\n${plain(notice.body)}`, room)}\n${end}`,
    allowed_mentions: { parse: [] },
  };
}

/** `& < >` start Slack's markup, mentions and links above all. */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function slackMessage(notice: Notice, outlook: Outlook): object {
  const head = clip(`${MARKS[notice.severity]} ${notice.severity.toUpperCase()} ${titleOf(notice)}`, 250);
  const body = slackText(clip(plain(notice.body), 1_500));
  const link = linkTo(notice, outlook);
  const lines = [slackText(head), body, `\`${commandFor(notice)}\``, ...(link ? [`<${link}>`] : [])];
  return { text: clip(lines.join('\n'), SLACK_MAX), mrkdwn: true };
}

export type PagerAction = 'trigger' | 'acknowledge' | 'resolve';

/** One alert per round: repeats merge into it, and a notice that came back pages again. */
export const dedupKeyOf = (source: string, { noticeId, kind }: Notice, round: number): string =>
  clip(`lazyark:${source}:${kind}:${noticeId}:${round}`, 255);

/** Events v2, without the routing key, which only the sender knows. */
export function pagerdutyEvent(action: PagerAction, notice: Notice, round: number, outlook: Outlook): object {
  const dedup_key = dedupKeyOf(outlook.source, notice, round);
  if (action !== 'trigger') return { event_action: action, dedup_key };
  const link = linkTo(notice, outlook);
  return {
    event_action: action,
    dedup_key,
    client: 'LazyArk',
    ...(link ? { client_url: link } : {}),
    payload: {
      summary: clip(titleOf(notice), PAGERDUTY_SUMMARY_MAX),
      source: clip(outlook.source, 250),
      severity: notice.severity,
      timestamp: notice.roundAt,
      component: 'safety',
      group: 'lazyark',
      class: notice.kind,
      custom_details: {
        body: clip(plain(notice.body), 4_000),
        notice: notice.noticeId,
        count: notice.count,
        answer_by: outlook.answerByIso,
        acknowledge: commandFor(notice),
      },
    },
  };
}

/** Plain ASCII is in every alphabet of text messages; anything else would halve what fits. */
const ascii = (text: string): string =>
  oneLine(text)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[–—]/g, '-')
    .replace(/[^ -~]/g, '?');
const clipAscii = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 3)}...`;

export function textMessage(notice: Notice, { source }: Outlook): string {
  const tail = ` Answer: ${commandFor(notice)}`;
  return (
    clipAscii(`${ascii(source)} ${notice.severity.toUpperCase()}: ${ascii(titleOf(notice))}`, SMS_MAX - tail.length) +
    tail
  );
}

export function spokenMessage(notice: Notice, { source }: Outlook): string {
  const title = ascii(titleOf(notice)).replace(/[&<>]/g, ' ');
  const said = `This is ${ascii(source)}. A ${notice.severity} notice waits for you. ${title}. Please open the console and acknowledge it.`;
  return clipAscii(said, VOICE_MAX);
}
