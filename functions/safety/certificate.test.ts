import { createSign, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical } from './canonical.ts';
import { type Certificate, certificateHead, signedBytes, verifyCertificate } from './certificate.ts';
import { countFates, type InFlight, type Kill, NO_FATES } from './containment.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pemOf = (key: typeof keys.publicKey) => key.export({ type: 'spki', format: 'pem' }).toString();
const publicKeyPem = pemOf(keys.publicKey);
const otherPem = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);

const kill: Kill = {
  killId: 'kil_1',
  scope: 'everything',
  by: 'captain',
  reason: 'fire',
  at: '2026-03-01T10:00:00.000Z',
  status: 'contained',
  containedAt: '2026-03-01T10:00:02.500Z',
  round: 1,
  roundAt: '2026-03-01T10:00:00.000Z',
  effects: NO_FATES,
};
const effect = (n: number, fate: InFlight['fate'], at = '2026-03-01T09:59:59.900Z'): InFlight => ({
  effectId: `eff_${n}`,
  action: 'task.execute',
  target: 'noop',
  at,
  status: 'failed',
  fate,
  reason: 'stopped',
  settledAt: null,
});
function aCertificate(
  fates = [effect(1, 'stopped'), effect(2, 'finished'), effect(3, 'unknown')],
  of: Partial<Kill> = {},
): Certificate {
  const head = certificateHead(
    { ...kill, ...of },
    { points: [], fates, counts: countFates(fates), sequence: 1, issuedAt: kill.at },
  );
  const signature = createSign('sha256').update(signedBytes(head)).sign(keys.privateKey, 'base64');
  return {
    certificate: head,
    effects: fates,
    signature: { keyId: 'k', algorithm: 'ECDSA_SHA_256', signature },
    publicKeyPem,
  };
}

describe('a certificate', () => {
  it('is valid as it was issued, after a trip through JSON too', () => {
    expect(verifyCertificate(JSON.parse(JSON.stringify(aCertificate())), publicKeyPem)).toEqual({
      valid: true,
      faults: [],
    });
    expect(verifyCertificate(aCertificate([]))).toEqual({ valid: true, faults: [] });
  });

  it('says how long it took, and when the last effect was cleared', () => {
    const [early, late] = [effect(1, 'stopped'), effect(2, 'stopped', '2026-03-01T10:00:00.007Z')];
    const contained = { status: 'contained', containedAfterMs: 2_500, resumedAt: null, version: 1 };
    for (const { fates, lastClearedAfterMs } of [
      { fates: [early], lastClearedAfterMs: -100 },
      { fates: [early, late, early], lastClearedAfterMs: 7 },
      { fates: [], lastClearedAfterMs: null },
    ])
      expect(aCertificate(fates).certificate).toMatchObject({ ...contained, lastClearedAfterMs });
  });

  it('says of a kill that was resumed before it was contained that it was lifted', () => {
    const resumedAt = '2026-03-01T10:00:01.000Z';
    const lifted = { status: 'lifted', containedAt: null, containedAfterMs: null, resumedAt };
    const certificate = aCertificate([], { status: 'lifted', containedAt: undefined, resumedAt });
    expect(certificate.certificate).toMatchObject(lifted);
    expect(verifyCertificate(certificate)).toEqual({ valid: true, faults: [] });
  });

  it.each<{ when: string; change: (certificate: Certificate) => unknown; faults: string[] }>([
    {
      when: 'a time in its head was changed',
      change: (c) => ({ ...c, certificate: { ...c.certificate, containedAt: kill.at } }),
      faults: ['signature_wrong'],
    },
    {
      when: 'a fate was changed',
      change: (c) => ({ ...c, effects: [effect(1, 'finished'), ...c.effects.slice(1)] }),
      faults: ['effects_changed', 'counts_differ'],
    },
    {
      when: 'an effect is missing',
      change: (c) => ({ ...c, effects: c.effects.slice(1) }),
      faults: ['effects_changed', 'counts_differ'],
    },
    {
      when: 'its counts were changed',
      change: (c) => ({ ...c, certificate: { ...c.certificate, effects: NO_FATES } }),
      faults: ['counts_differ', 'signature_wrong'],
    },
    {
      when: 'its signature is of another',
      change: (c) => ({ ...c, signature: aCertificate([]).signature }),
      faults: ['signature_wrong'],
    },
    { when: 'it brings another key', change: (c) => ({ ...c, publicKeyPem: otherPem }), faults: ['another_key'] },
    { when: 'its key is no key', change: (c) => ({ ...c, publicKeyPem: 'x' }), faults: ['another_key'] },
  ])('is not valid when $when', ({ change, faults }) =>
    expect(verifyCertificate(change(aCertificate()), publicKeyPem)).toEqual({ valid: false, faults }),
  );

  it('cannot be signed again with another key without being seen', () => {
    expect(verifyCertificate({ ...aCertificate(), publicKeyPem: otherPem }).faults).toEqual(['signature_wrong']);
    expect(verifyCertificate(aCertificate(), 'no key').faults).toEqual(['another_key', 'key_unreadable']);
  });

  it('shows every change of a character of what is signed', () => {
    const certificate = aCertificate();
    const text = canonical(certificate.certificate);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('0', 'x', '9'), (at, character) => {
        fc.pre(text[at] !== character);
        try {
          const changed = JSON.parse(text.slice(0, at) + character + text.slice(at + 1));
          expect(verifyCertificate({ ...certificate, certificate: changed }, publicKeyPem).valid).toBe(false);
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
        }
      }),
    );
  });

  const NONE = { valid: false, faults: ['not_a_certificate'] };
  const head = aCertificate().certificate;
  it.each<{ without: string; file: unknown }>([
    { without: 'anything', file: null },
    { without: 'its members', file: { hello: 'world' } },
    { without: 'its head', file: { ...aCertificate(), certificate: null } },
    { without: 'its kind', file: { ...aCertificate(), certificate: { ...head, kind: 'x' } } },
    { without: 'a version that is known', file: { ...aCertificate(), certificate: { ...head, version: 2 } } },
    { without: 'counts', file: { ...aCertificate(), certificate: { ...head, effects: null } } },
    { without: 'a list of effects', file: { ...aCertificate(), effects: {} } },
    { without: 'effects in their list', file: { ...aCertificate(), effects: [null] } },
    { without: 'a signature', file: { ...aCertificate(), signature: null } },
    { without: 'the text of its signature', file: { ...aCertificate(), signature: { signature: 5 } } },
    { without: 'a key', file: { ...aCertificate(), publicKeyPem: undefined } },
  ])('is none without $without', ({ file }) => expect(verifyCertificate(file, publicKeyPem)).toEqual(NONE));

  it('is never valid, and never more than a fault, when any part of it is anything else', () => {
    const whole = aCertificate();
    const names = fc.constantFrom(...(Object.keys(whole) as (keyof Certificate)[]));
    fc.assert(
      fc.property(names, fc.jsonValue(), (name, value) => {
        expect(verifyCertificate({ ...whole, [name]: value }, publicKeyPem).valid).toBe(false);
      }),
    );
  });
});
