// Text messages and calls that go nowhere: kept in the data folder, for whoever may send them.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../service.ts';
import { testHost } from '../../test-host.ts';
import { MESSAGES_FILE, service } from './service.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'lazyark-sms-'));
afterAll(() => rmSync(dataDir, { recursive: true }));
const asked: string[] = [];
const host = Object.assign(testHost(), {
  dataDir,
  authorize: (_caller: Caller, action: string, resource: string) => void asked.push(`${action} ${resource}`),
});

async function call(name: string, input: object) {
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), body: Buffer.from(JSON.stringify(input)) };
  const headers = { 'x-amz-target': `PinpointSMSVoiceV2.${name}` };
  const { body } = await service.apis![0]!.handle({ ...request, headers }, { kind: 'operator' }, host);
  return JSON.parse(String(body)) as { MessageId: string };
}
const kept = () =>
  readFileSync(join(dataDir, MESSAGES_FILE), 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));
const message = { DestinationPhoneNumber: '+4915112345678', OriginationIdentity: '+15550001111', MessageBody: 'Hello' };

describe('AWS End User Messaging', () => {
  it('keeps a text message and a call, in order, from other eyes', async () => {
    const { MessageId } = await call('SendTextMessage', { ...message, MessageType: 'TRANSACTIONAL' });
    await call('SendVoiceMessage', { ...message, OriginationIdentity: 'pool-1', VoiceId: 'JOANNA' });
    expect(kept()).toEqual([
      {
        at: '2026-01-01T00:00:00.000Z',
        kind: 'text',
        messageId: MessageId,
        to: '+4915112345678',
        from: '+15550001111',
        body: 'Hello',
      },
      expect.objectContaining({ kind: 'call', from: 'pool-1' }),
    ]);
    expect(statSync(join(dataDir, MESSAGES_FILE)).mode & 0o777).toBe(0o600);
  });

  it('asks whether the caller may send from this number, pool or ARN', async () => {
    asked.length = 0;
    const arn = 'arn:aws:sms-voice:eu-central-1:000000000000:phone-number/phone-1';
    for (const OriginationIdentity of ['+15550001111', 'pool-1', arn])
      await call('SendTextMessage', { ...message, OriginationIdentity, DryRun: true });
    const of = (resource: string) =>
      `sms-voice:SendTextMessage arn:aws:sms-voice:eu-central-1:000000000000:${resource}`;
    expect(asked).toEqual([of('phone-number/+15550001111'), of('pool/pool-1'), of('phone-number/phone-1')]);
    expect(kept()).toHaveLength(2);
  });

  it.each([
    { DestinationPhoneNumber: '0151' },
    { MessageBody: '' },
    { MessageBody: 'x'.repeat(1_601) },
    { OriginationIdentity: '' },
  ])('refuses %j', async (wrong) => {
    await expect(call('SendTextMessage', { ...message, ...wrong })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });
});
