// Posts to Discord, Slack and PagerDuty through the one way out. What comes back is judged; no address or key leaves here.
import type { OutsideHost } from '../common/outside-address.ts';
import { type SafeFetch, safeFetchWith } from '../common/safe-fetch.client.ts';
import type { Answer } from './ladder.ts';
import { answerOf, answerOfFailure } from './webhook-answers.ts';

const TIMEOUT_MS = 10_000;
const BYTES_MAX = 100_000;

export type Webhook = 'discord' | 'slack' | 'pagerduty';
/** `allow`: the hosts that may be asked for this address. */
export type Post = (
  to: { channel: Webhook; url: string; allow: readonly OutsideHost[] },
  body: object,
) => Promise<Answer>;

/** Redirects are not followed: a webhook has none, and one could lead anywhere. */
export const postOn =
  (timeoutMs = TIMEOUT_MS, safeFetch: SafeFetch = safeFetchWith()): Post =>
  async ({ channel, url, allow }, body) => {
    const answer = await safeFetch({
      url: channel === 'discord' ? waiting(url) : url,
      allow,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      limits: { timeoutMs, bytesMax: BYTES_MAX, redirectsMax: 0 },
    });
    if (answer.kind !== 'answered') return answerOfFailure(answer);
    const text = Buffer.from(answer.body).toString('utf8');
    return answerOf(channel, { status: answer.status, retryAfter: answer.headers['retry-after'], body: text });
  };

/** Discord then answers when the message is stored, with its id. */
function waiting(url: string): string {
  const address = new URL(url);
  address.searchParams.set('wait', 'true');
  return address.href;
}
