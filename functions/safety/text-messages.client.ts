// Text messages and calls by AWS End User Messaging. Errors are kept by name: their messages may repeat a number.
import {
  type PinpointSMSVoiceV2Client,
  SendTextMessageCommand,
  SendVoiceMessageCommand,
  type VoiceId,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import type { Answer } from './ladder.ts';
import { answerOfError } from './webhook-answers.ts';

export type Phone = {
  text(from: string, to: string, message: string): Promise<Answer>;
  call(from: string, to: string, message: string, voiceId: string): Promise<Answer>;
};
const LIVES_SECONDS = 3_600;
const TIMEOUT_MS = 10_000;

/** The client is not to repeat by itself: a text message that was sent twice is two messages. */
export const phoneOn = (client: PinpointSMSVoiceV2Client, timeoutMs = TIMEOUT_MS): Phone => ({
  text: (from, to, message) =>
    judged(() =>
      client.send(
        new SendTextMessageCommand({
          DestinationPhoneNumber: to,
          OriginationIdentity: from,
          MessageBody: message,
          MessageType: 'TRANSACTIONAL',
          TimeToLive: LIVES_SECONDS,
        }),
        { abortSignal: AbortSignal.timeout(timeoutMs) },
      ),
    ),
  call: (from, to, message, voiceId) =>
    judged(() =>
      client.send(
        new SendVoiceMessageCommand({
          DestinationPhoneNumber: to,
          OriginationIdentity: from,
          MessageBody: message,
          MessageBodyTextType: 'TEXT',
          VoiceId: voiceId as VoiceId,
          TimeToLive: LIVES_SECONDS,
        }),
        { abortSignal: AbortSignal.timeout(timeoutMs) },
      ),
    ),
});

async function judged(send: () => Promise<{ MessageId?: string }>): Promise<Answer> {
  try {
    const { MessageId } = await send();
    return { kind: 'delivered', ...(MessageId && /^[\w-]{1,64}$/.test(MessageId) ? { answer: MessageId } : {}) };
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode;
    if (name === 'ThrottlingException') return { kind: 'refused', reason: name, retryAfterSeconds: 1 };
    if (status !== undefined && status >= 400 && status < 500)
      return { kind: 'refused', reason: /^\w{1,60}$/.test(name) ? name : `http_${status}` };
    return status === undefined ? answerOfError(error) : { kind: 'unknown', reason: `http_${status}` };
  }
}
