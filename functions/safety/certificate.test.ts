import { createSign, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Certificate, canonical, certificateHead, signedBytes, verifyCertificate } from './certificate.ts';
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
const effect = (n: number, fate: InFlight['fate']): InFlight => ({
  effectId: `eff_${n}`,
  action: 'task.execute',
  target: 'noop',
  at: '2026-03-01T09:59:59.900Z',
  status: 'failed',
  fate,
  reason: 'stopped',
  settledAt: null,
});
function aCertificate(fates = [effect(1, 'stopped'), effect(2, 'finished'), effect(3, 'unknown')]): Certificate {
  const head = certificateHead(kill, { points: [], fates, counts: countFates(fates), sequence: 1, issuedAt: kill.at });
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
    expect(aCertificate().certificate).toMatchObject({ containedAfterMs: 2_500, lastClearedAfterMs: -100 });
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
    { when: 'it is something else', change: () => ({ hello: 'world' }), faults: ['not_a_certificate'] },
    { when: 'it is nothing', change: () => null, faults: ['not_a_certificate'] },
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

  it('has one text however its members are ordered', () =>
    expect(canonical({ b: [1, { d: null, c: undefined }], a: 'x' })).toBe('{"a":"x","b":[1,{"d":null}]}'));
});
