// Signatures and keys as they are exported: what WebCrypto is given, and what is refused before it.
import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, it } from 'vitest';
import { bytesOfBase64, derOfPem, rawOfDerSignature } from './der.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const bytes = (...values: number[]) => Uint8Array.from(values);

it('turns whatever node signs into a form that the browser verifies', async () => {
  const der = derOfPem(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const key = await crypto.subtle.importKey('spki', der!, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
  for (let n = 0; n < 60; n += 1) {
    const message = Buffer.from(`message ${n}`);
    const raw = rawOfDerSignature(sign('sha256', message, privateKey));
    expect(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, raw!, message)).toBe(true);
  }
});

it('puts short numbers to the right', () => {
  const raw = rawOfDerSignature(bytes(0x30, 7, 2, 1, 5, 2, 2, 0, 0x80));
  expect([raw?.length, raw?.[31], raw?.[63]]).toEqual([64, 5, 0x80]);
});

it.each([
  ['no sequence', bytes(0x31, 6, 2, 1, 5, 2, 1, 6)],
  ['a length that is not its own', bytes(0x30, 5, 2, 1, 5, 2, 1, 6)],
  ['something behind it', bytes(0x30, 7, 2, 1, 5, 2, 1, 6, 0)],
  ['one number only', bytes(0x30, 3, 2, 1, 5)],
  ['a negative number', bytes(0x30, 6, 2, 1, 0x85, 2, 1, 6)],
  ['a number with a zero too many', bytes(0x30, 7, 2, 2, 0, 5, 2, 1, 6)],
  ['an empty number', bytes(0x30, 5, 2, 0, 2, 1, 6)],
  ['a number that is too long', bytes(0x30, 40, 2, 34, ...Array(34).fill(1), 2, 0)],
  ['nothing', bytes()],
])('refuses a signature that is %s', (_, der) => expect(rawOfDerSignature(der)).toBeUndefined());

it.each(['a', 'AA', 'AAA=A', 'AAAA\n', '%%%%'])('refuses base64 that no encoder writes: %j', (text) =>
  expect(bytesOfBase64(text)).toBeUndefined(),
);

it.each([
  '',
  'AAAA',
  '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
  '-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----\n',
])('refuses a key that is not written as it is exported', (pem) => expect(derOfPem(pem)).toBeUndefined());
