// Signing keys: made once, kept from other eyes, and used by whoever may.
import { createHash, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../service.ts';
import { type TestHost, testHost } from '../../test-host.ts';
import { service } from './service.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});
const ID = 's-SigningKey';

function hostOn(dataDir = mkdtempSync(join(tmpdir(), 'lazyark-kms-'))): TestHost {
  if (!folders.includes(dataDir)) folders.push(dataDir);
  return Object.assign(testHost(), { dataDir });
}

function create(host: TestHost, properties: object = {}) {
  const given = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', ...properties };
  const resource = { logicalId: 'SigningKey', type: 'AWS::KMS::Key', properties: given, stackName: 's' };
  return service.factories[0]!.create(resource, host);
}

async function call(host: TestHost, name: string, input: object, caller: Caller = { kind: 'operator' }) {
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), body: Buffer.from(JSON.stringify(input)) };
  const headers = { 'x-amz-target': `TrentService.${name}` };
  const { body } = await service.apis![0]!.handle({ ...request, headers }, caller, host);
  return JSON.parse(String(body)) as Record<string, string>;
}

const SigningAlgorithm = 'ECDSA_SHA_256';
const text = Buffer.from('what was agreed');
const raw = { KeyId: ID, Message: text.toString('base64'), SigningAlgorithm };
const publicKeyOf = async (host: TestHost) => ({
  key: Buffer.from((await call(host, 'GetPublicKey', { KeyId: ID })).PublicKey!, 'base64'),
  format: 'der' as const,
  type: 'spki' as const,
});

describe('a signing key', () => {
  it('signs a message, and a digest of one, so that the public key alone tells', async () => {
    const host = hostOn();
    await create(host);
    const digest = createHash('sha256').update(text).digest('base64');
    for (let n = 0; n < 50; n += 1) {
      const asked = n % 2 ? raw : { ...raw, Message: digest, MessageType: 'DIGEST' };
      const { Signature, KeyId } = await call(host, 'Sign', asked);
      expect(KeyId).toBe(`arn:aws:kms:eu-central-1:000000000000:key/${ID}`);
      const signature = Buffer.from(Signature!, 'base64');
      expect(verify('sha256', text, await publicKeyOf(host), signature)).toBe(true);
      expect(verify('sha256', Buffer.from('something else'), await publicKeyOf(host), signature)).toBe(false);
    }
  });

  it('verifies its own, and refuses what it has not signed', async () => {
    const host = hostOn();
    await create(host);
    const { Signature } = await call(host, 'Sign', raw);
    expect(await call(host, 'Verify', { ...raw, Signature })).toMatchObject({ SignatureValid: true });
    const other = { ...raw, Message: 'b3RoZXI=', Signature };
    await expect(call(host, 'Verify', other)).rejects.toMatchObject({ code: 'KMSInvalidSignatureException' });
  });

  it('is the same after a restart, and another in another folder', async () => {
    const host = hostOn();
    await create(host);
    const before = await publicKeyOf(host);
    const again = hostOn(host.dataDir);
    await create(again);
    expect(await publicKeyOf(again)).toEqual(before);
    const elsewhere = hostOn();
    await create(elsewhere);
    expect(await publicKeyOf(elsewhere)).not.toEqual(before);
  });

  it('lies in a file that only its owner reads, and is never made anew over a file that is damaged', async () => {
    const host = hostOn();
    await create(host);
    const file = join(host.dataDir, 'kms', `${ID}.pem`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(file, 'damaged');
    await expect(create(hostOn(host.dataDir))).rejects.toThrow();
    expect(readFileSync(file, 'utf8')).toBe('damaged');
  });

  it('describes itself', async () => {
    const host = hostOn();
    await create(host, { Description: 'for roots' });
    const { KeyMetadata } = await call(host, 'DescribeKey', { KeyId: ID });
    expect(KeyMetadata).toMatchObject({ Description: 'for roots', KeyState: 'Enabled', KeySpec: 'ECC_NIST_P256' });
  });
});

describe('KMS refuses', () => {
  it('a role without the right', async () => {
    const host = hostOn();
    await create(host);
    host.denied.add('kms:Sign');
    const caller: Caller = { kind: 'role', roleArn: 'arn:aws:iam::0:role/r', sessionName: 's' };
    await expect(call(host, 'Sign', raw, caller)).rejects.toMatchObject({ code: 'AccessDeniedException' });
    expect(await call(host, 'GetPublicKey', { KeyId: ID }, caller)).toHaveProperty('PublicKey');
  });

  it.each([
    ['an unknown operation', 'Encrypt', raw, 'UnknownOperationException'],
    ['an unknown key', 'Sign', { ...raw, KeyId: 'nobody' }, 'NotFoundException'],
    ['another algorithm', 'Sign', { ...raw, SigningAlgorithm: 'ECDSA_SHA_512' }, 'ValidationException'],
    ['a digest of the wrong length', 'Sign', { ...raw, MessageType: 'DIGEST' }, 'ValidationException'],
    ['a message over 4 KB', 'Sign', { ...raw, Message: Buffer.alloc(4_097).toString('base64') }, 'ValidationException'],
  ])('%s', async (_what, name, input, code) => {
    const host = hostOn();
    await create(host);
    await expect(call(host, name, input)).rejects.toMatchObject({ code });
  });

  it('to sign with a key that is disabled or is for encryption', async () => {
    const host = hostOn();
    await create(host, { Enabled: false });
    await expect(call(host, 'Sign', raw)).rejects.toMatchObject({ code: 'DisabledException' });
    const symmetric = hostOn();
    await create(symmetric, { KeySpec: undefined, KeyUsage: undefined });
    await expect(call(symmetric, 'Sign', raw)).rejects.toMatchObject({ code: 'NotFoundException' });
    await expect(create(hostOn(), { KeySpec: 'RSA_2048' })).rejects.toThrow('RSA_2048');
  });
});
