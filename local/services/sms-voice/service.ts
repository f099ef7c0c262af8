// AWS End User Messaging SMS and Voice: messages and calls go nowhere from one machine; they are kept in the data folder,
// where a person or a test reads them, and said in the runtime's log.
import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type ApiService, arnOf, type Host, type Service } from '../../service.ts';
import { type Call, jsonApi, type Operation, operation } from '../json-api.ts';

export const MESSAGES_FILE = 'messages.jsonl';

const Phone = z.string().regex(/^\+?[1-9]\d{6,14}$/, 'Value must be a phone number in E.164 form');
const common = {
  DestinationPhoneNumber: Phone,
  OriginationIdentity: z.string().min(1).max(256),
  TimeToLive: z.int().min(5).max(259_200).optional(),
  DryRun: z.boolean().default(false),
};

const SendTextMessage = operation(
  z.object({
    ...common,
    MessageBody: z.string().min(1).max(1_600),
    MessageType: z.enum(['TRANSACTIONAL', 'PROMOTIONAL']).optional(),
  }),
  (asked, call) => keep('text', 'SendTextMessage', asked, call),
);

const SendVoiceMessage = operation(
  z.object({
    ...common,
    MessageBody: z.string().min(1).max(6_000),
    MessageBodyTextType: z.enum(['TEXT', 'SSML']).default('TEXT'),
    VoiceId: z.string().optional(),
  }),
  (asked, call) => keep('call', 'SendVoiceMessage', asked, call),
);

type Asked = { DestinationPhoneNumber: string; OriginationIdentity: string; MessageBody: string; DryRun: boolean };

async function keep(kind: 'text' | 'call', action: string, asked: Asked, { caller, host }: Call): Promise<object> {
  host.authorize(caller, `sms-voice:${action}`, originArn(asked.OriginationIdentity));
  const messageId = randomUUID();
  if (asked.DryRun) return { MessageId: messageId };
  const { DestinationPhoneNumber: to, OriginationIdentity: from, MessageBody: body } = asked;
  await append(host, { at: host.clock.date().toISOString(), kind, messageId, to, from, body });
  host.log({ level: 'info', message: `a ${kind} would have gone out`, messageId, kept: MESSAGES_FILE });
  return { MessageId: messageId };
}

const append = (host: Host, message: object): Promise<void> =>
  appendFile(join(host.dataDir, MESSAGES_FILE), `${JSON.stringify(message)}\n`, { mode: 0o600 });

/** A number, a pool by its id, or the ARN of either. */
function originArn(identity: string): string {
  if (identity.startsWith('arn:')) return identity;
  return arnOf('sms-voice', identity.startsWith('pool-') ? `pool/${identity}` : `phone-number/${identity}`);
}

const operations: Record<string, Operation> = { SendTextMessage, SendVoiceMessage };
const api: ApiService = jsonApi('sms-voice', '1.0', operations);

export const service: Service = { factories: [], apis: [api] };
