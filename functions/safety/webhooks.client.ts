// Posts to Discord, Slack and PagerDuty. What comes back is a judged answer; no address or key leaves this file.
import type { Answer } from './ladder.ts';
import { answerOf, answerOfError } from './webhook-answers.ts';

const TIMEOUT_MS = 10_000;
const BODY_CHARACTERS_MAX = 4_000;

export type Post = (channel: 'discord' | 'slack' | 'pagerduty', url: string, body: object) => Promise<Answer>;

/** Redirects are not followed: a webhook has none, and one could lead anywhere. */
export const postOn =
  (timeoutMs = TIMEOUT_MS): Post =>
  async (channel, url, body) => {
    try {
      const response = await fetch(channel === 'discord' ? waiting(url) : url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = (await response.text()).slice(0, BODY_CHARACTERS_MAX);
      const retryAfter = response.headers.get('retry-after') ?? undefined;
      return answerOf(channel, { status: response.status, retryAfter, body: text });
    } catch (error) {
      return answerOfError(error);
    }
  };

/** Discord then answers when the message is stored, with its id. */
function waiting(url: string): string {
  const address = new URL(url);
  address.searchParams.set('wait', 'true');
  return address.href;
}
