// A signature made through KMS is checked with nothing but the public key.
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { GetPublicKeyCommand, type SignCommand } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { signerOn } from './signer.client.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Answers as KMS does, from a key pair; `failures` first calls fail. */
function kms(failures = 0) {
  const asked: string[] = [];
  const send = async (command: unknown) => {
    asked.push((command as object).constructor.name);
    if (asked.length <= failures) throw new Error('KMS is away');
    if (command instanceof GetPublicKeyCommand) return { PublicKey: publicKey.export({ type: 'spki', format: 'der' }) };
    const { Message, MessageType, SigningAlgorithm } = (command as SignCommand).input;
    expect({ MessageType, SigningAlgorithm }).toEqual({ MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' });
    // node:crypto signs no ready digest with EC keys: what is compared is that the digest is the document's.
    expect(Buffer.from(Message as Uint8Array)).toEqual(createHash('sha256').update('a document').digest());
    return { KeyId: 'arn:key', Signature: sign('sha256', Buffer.from('a document'), privateKey) };
  };
  return { asked, client: { send } as never };
}

describe('a signer', () => {
  it('signs a document of any length, for anybody to check', async () => {
    const signer = signerOn('key', kms().client);
    const { signature, ...rest } = await signer.sign(Buffer.from('a document'));
    expect(rest).toEqual({ keyId: 'arn:key', algorithm: 'ECDSA_SHA_256' });
    const key = createPublicKey(await signer.publicKeyPem());
    expect(verify('sha256', Buffer.from('a document'), key, Buffer.from(signature, 'base64'))).toBe(true);
    expect(verify('sha256', Buffer.from('another'), key, Buffer.from(signature, 'base64'))).toBe(false);
  });

  it('asks for the public key once, and again when that failed', async () => {
    const { asked, client } = kms(1);
    const signer = signerOn('key', client);
    await expect(signer.publicKeyPem()).rejects.toThrow('away');
    expect(await signer.publicKeyPem()).toBe(await signer.publicKeyPem());
    expect(asked).toHaveLength(2);
  });
});
