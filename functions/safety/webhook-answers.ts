// What an answer of Discord, Slack or PagerDuty means. Only known words are kept of it: a body may repeat an address.
import type { Answer } from './ladder.ts';

export type HttpAnswer = { status: number; retryAfter?: string; body: string };

/** Slack's words for what no repeat mends. */
const SLACK_WORDS =
  /^(invalid_payload|no_text|too_many_attachments|action_prohibited|channel_is_archived|channel_not_found|no_service|no_active_hooks|no_team|team_disabled|invalid_token|posting_to_general_channel_denied|user_not_found|rollup_error)$/;

export function answerOf(channel: 'discord' | 'slack' | 'pagerduty', { status, retryAfter, body }: HttpAnswer): Answer {
  if (status === 429) return { kind: 'refused', reason: 'http_429', retryAfterSeconds: secondsOf(retryAfter) };
  if (status >= 200 && status < 300) return { kind: 'delivered', ...idIn(channel, body) };
  // It broke while it worked on the message, so the message may be out.
  if (status >= 500) return { kind: 'unknown', reason: `http_${status}` };
  const word = channel === 'slack' && SLACK_WORDS.exec(body.trim())?.[1];
  return { kind: 'refused', reason: word ? `http_${status} ${word}` : `http_${status}` };
}

const secondsOf = (retryAfter: string | undefined): number => {
  const seconds = Number(retryAfter);
  return Number.isFinite(seconds) && retryAfter ? Math.max(1, Math.ceil(seconds)) : 1;
};

/** The id of the message: digits at Discord; PagerDuty repeats our own key, which says nothing new. */
function idIn(channel: string, body: string): { answer?: string } {
  const id = channel === 'discord' ? /"id":\s*"(\d{1,25})"/.exec(body)?.[1] : undefined;
  return id ? { answer: id } : {};
}

/** Errors of a connection that never stood: certainly nothing arrived. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What the safe fetch says when there is no answer; its detail may hold an address, so only codes are kept of it. */
export function answerOfFailure(failure: { kind: 'refused' | 'failed'; reason: string; detail: string }): Answer {
  // The message is out where only its answer was not taken.
  if (failure.kind === 'refused')
    return AFTER_SENDING.has(failure.reason)
      ? { kind: 'unknown', reason: failure.reason }
      : { kind: 'refused', reason: failure.reason };
  if (failure.reason === 'timeout') return { kind: 'unknown', reason: 'no answer in time' };
  const code = /\b[A-Z][A-Z0-9_]{4,40}\b/.exec(failure.detail)?.[0] ?? '';
  return NEVER_SENT.has(code) ? { kind: 'refused', reason: code } : { kind: 'unknown', reason: 'the connection broke' };
}
const AFTER_SENDING = new Set(['too_large', 'media_type_not_allowed', 'encoded_body', 'too_many_redirects']);

/** By code only: messages of a failed request may hold its address. */
export function answerOfError(error: unknown): Answer {
  const { name, code, cause } = error as { name?: string; code?: unknown; cause?: { code?: unknown } };
  const found = String(cause?.code ?? code ?? '');
  if (NEVER_SENT.has(found)) return { kind: 'refused', reason: found };
  if (name === 'TimeoutError' || name === 'AbortError') return { kind: 'unknown', reason: 'no answer in time' };
  return { kind: 'unknown', reason: /^[A-Z0-9_]{3,40}$/.test(found) ? found : 'the connection broke' };
}
