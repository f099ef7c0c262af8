// Reads from the outside as somebody who keeps to the rules: terms and robots.txt first, at the host's pace, by name.
import { setTimeout as pause } from 'node:timers/promises';
import robotsParser from 'robots-parser';
import { type ComplianceRefusal, decideCompliance, type Robots, type Terms, type Wish } from './compliance.ts';
import type { OutsideHost } from './outside-address.ts';
import type { FetchAnswer, FetchRequest, SafeFetch } from './safe-fetch.client.ts';

export type CrawlAnswer =
  | FetchAnswer
  | { kind: 'refused'; reason: ComplianceRefusal | 'too_long_to_wait'; detail: string; url: string };
export type Crawl = (wish: Wish, request?: Pick<FetchRequest, 'limits' | 'headers'>) => Promise<CrawlAnswer>;
/** The package's own types do not say that its default export is what is called. */
type Rules = {
  isAllowed(url: string, agent: string): boolean | undefined;
  getCrawlDelay(agent: string): number | undefined;
};
const parseRobots = robotsParser as unknown as (url: string, text: string) => Rules;
type RobotsFile = { kind: 'said'; rules: Rules } | { kind: 'none' | 'unreachable' };

const ROBOTS_KEPT_MS = 3_600_000;
const ROBOTS_UNREACHABLE_KEPT_MS = 60_000;
const ROBOTS_BYTES_MAX = 512_000;
const WAIT_MS_MAX = 20_000;
const KEPT_MAX = 1_000;

type CrawlDeps = { safeFetch: SafeFetch; terms: Terms; now: () => number; wait?: (ms: number) => Promise<unknown> };

/** The pace is kept per process: who runs many at once lists a rate that leaves room for that. */
export function crawlWith({ safeFetch, terms, now, wait = pause }: CrawlDeps): Crawl {
  const robotsFiles = new Map<string, { file: RobotsFile; untilMs: number }>();
  const askedAtMs = new Map<string, number>();

  async function robotsOf(url: URL, host: OutsideHost, userAgent: string): Promise<Robots> {
    let known = robotsFiles.get(url.origin);
    if (!known || known.untilMs <= now()) {
      const file = await readRobots(url.origin, host, userAgent, safeFetch);
      const keptMs = file.kind === 'unreachable' ? ROBOTS_UNREACHABLE_KEPT_MS : ROBOTS_KEPT_MS;
      known = { file, untilMs: now() + keptMs };
      if (robotsFiles.size >= KEPT_MAX) robotsFiles.clear();
      robotsFiles.set(url.origin, known);
    }
    const { file } = known;
    if (file.kind !== 'said') return file;
    const delaySeconds = file.rules.getCrawlDelay(userAgent);
    return { kind: 'said', allows: file.rules.isAllowed(url.href, userAgent) !== false, delaySeconds };
  }

  return async (wish, request) => {
    const place = URL.canParse(wish.url) ? new URL(wish.url) : undefined;
    const facts = () => ({
      terms,
      today: new Date(now()).toISOString(),
      nowMs: now(),
      askedAtMs: askedAtMs.get(place?.host ?? ''),
    });
    let decision = decideCompliance(wish, facts());
    if (decision.kind === 'read_robots' && place)
      decision = decideCompliance(wish, {
        ...facts(),
        robots: await robotsOf(place, decision.host, decision.userAgent),
      });
    const refused = (reason: ComplianceRefusal | 'too_long_to_wait', detail: string): CrawlAnswer => ({
      ...{ kind: 'refused', reason, detail, url: wish.url.slice(0, 200) },
    });
    if (decision.kind === 'refuse') return refused(decision.reason, decision.detail);
    if (decision.kind !== 'comply' || !place) return refused('robots_unreachable', 'robots.txt was not read');
    const { host, userAgent, waitMs } = decision;
    if (waitMs > WAIT_MS_MAX) return refused('too_long_to_wait', `the host's pace allows it in ${waitMs} ms`);
    if (askedAtMs.size >= KEPT_MAX) askedAtMs.clear();
    askedAtMs.set(place.host, now() + waitMs);
    if (waitMs > 0) await wait(waitMs);
    // Only this host: where a redirect leads elsewhere, nobody has looked at those terms.
    return safeFetch({
      ...request,
      url: wish.url,
      allow: [host],
      headers: { ...request?.headers, 'user-agent': userAgent },
    });
  };
}

/** RFC 9309: no file means no rules; a host that cannot say means that nothing may be read. */
async function readRobots(
  origin: string,
  host: OutsideHost,
  userAgent: string,
  safeFetch: SafeFetch,
): Promise<RobotsFile> {
  const url = `${origin}/robots.txt`;
  const limits = { bytesMax: ROBOTS_BYTES_MAX, timeoutMs: 5_000 };
  const answer = await safeFetch({ url, allow: [host], headers: { 'user-agent': userAgent }, limits });
  if (answer.kind !== 'answered' || answer.status >= 500 || answer.status === 429) return { kind: 'unreachable' };
  if (answer.status >= 300) return { kind: 'none' };
  return { kind: 'said', rules: parseRobots(url, Buffer.from(answer.body).toString('utf8')) };
}
