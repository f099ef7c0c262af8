// The containment certificate: what was stopped, by whom, what confirmed it, and what became of each effect in flight. Pure.
//
// What is signed is the head; it holds the digest of the list of effects, so that a list of any length fits. Both are put
// into one canonical text: the same facts are always the same bytes.
import { createPublicKey, verify } from 'node:crypto';
import * as z from 'zod';
import { canonical, canonicalDigest } from './canonical.ts';
import type { FateCounts, InFlight, Kill, Point } from './containment.ts';

export type CertificateHead = {
  kind: 'lazyark.containment-certificate';
  version: 1;
  /** 1 at first; one more each time what was open has been resolved */
  sequence: number;
  killId: string;
  scope: string;
  by: string;
  reason: string;
  at: string;
  status: 'contained' | 'lifted';
  containedAt: string | null;
  containedAfterMs: number | null;
  /** the last effect that was cleared before the gate refused, measured from the kill; negative is before it */
  lastClearedAfterMs: number | null;
  resumedAt: string | null;
  points: Point[];
  effects: FateCounts;
  effectsDigest: string;
  issuedAt: string;
};
export type Certificate = {
  certificate: CertificateHead;
  effects: InFlight[];
  signature: { keyId: string; algorithm: string; signature: string };
  publicKeyPem: string;
};

export const digestOfEffects = (effects: readonly InFlight[]): string => canonicalDigest(effects);

/** The bytes that the signature is over. */
export const signedBytes = (head: CertificateHead): Uint8Array => Buffer.from(canonical(head), 'utf8');

export function certificateHead(
  kill: Kill,
  facts: { points: Point[]; fates: readonly InFlight[]; counts: FateCounts; sequence: number; issuedAt: string },
): CertificateHead {
  const { killId, scope, by, reason, at, containedAt = null, resumedAt = null } = kill;
  const afterMs = (moment: string) => Date.parse(moment) - Date.parse(at);
  const cleared = facts.fates.map((effect) => afterMs(effect.at));
  return {
    kind: 'lazyark.containment-certificate',
    version: 1,
    sequence: facts.sequence,
    killId,
    scope,
    by,
    reason,
    at,
    status: kill.status === 'contained' ? 'contained' : 'lifted',
    containedAt,
    containedAfterMs: containedAt === null ? null : afterMs(containedAt),
    lastClearedAfterMs: cleared.length === 0 ? null : cleared.reduce((most, ms) => Math.max(most, ms)),
    resumedAt,
    points: facts.points,
    effects: facts.counts,
    effectsDigest: digestOfEffects(facts.fates),
    issuedAt: facts.issuedAt,
  };
}

export type CertificateFault =
  | 'not_a_certificate'
  | 'effects_changed'
  | 'counts_differ'
  | 'signature_wrong'
  | 'another_key'
  | 'key_unreadable';
export type CertificateVerdict = { valid: boolean; faults: CertificateFault[] };

/**
 * Checks a certificate with nothing but itself and, when there is one, the public key that the reader trusts. Without
 * that key it only says that the file is as it was signed, not by whom.
 */
export function verifyCertificate(file: unknown, trustedPem?: string): CertificateVerdict {
  if (!isCertificate(file)) return { valid: false, faults: ['not_a_certificate'] };
  const { certificate, effects, signature, publicKeyPem } = file;
  const faults: CertificateFault[] = [];
  if (digestOfEffects(effects) !== certificate.effectsDigest) faults.push('effects_changed');
  if (!countsAgree(certificate.effects, effects)) faults.push('counts_differ');
  if (trustedPem !== undefined && derOf(trustedPem) !== derOf(publicKeyPem)) faults.push('another_key');
  faults.push(...signatureFaults(certificate, signature.signature, trustedPem ?? publicKeyPem));
  return { valid: faults.length === 0, faults };
}

function signatureFaults(head: CertificateHead, signature: string, pem: string): CertificateFault[] {
  try {
    const key = createPublicKey(pem);
    return verify('sha256', signedBytes(head), key, Buffer.from(signature, 'base64')) ? [] : ['signature_wrong'];
  } catch {
    return ['key_unreadable'];
  }
}

function derOf(pem: string): string | undefined {
  try {
    return createPublicKey(pem).export({ type: 'spki', format: 'der' }).toString('base64');
  } catch {
    return undefined;
  }
}

function countsAgree(counts: FateCounts, effects: readonly InFlight[]): boolean {
  const of = (fate: string) => effects.filter((effect) => effect.fate === fate).length;
  return (
    counts.inFlight === effects.length &&
    (['finished', 'stopped', 'unknown', 'open'] as const).every((fate) => counts[fate] === of(fate))
  );
}

const Shape = z.object({
  certificate: z.object({
    kind: z.literal('lazyark.containment-certificate'),
    version: z.literal(1),
    effects: z.object({}),
  }),
  effects: z.array(z.object({})),
  signature: z.object({ signature: z.string() }),
  publicKeyPem: z.string(),
});
/** As far as checking it takes: whoever brings a file may bring anything. */
const isCertificate = (file: unknown): file is Certificate => Shape.safeParse(file).success;
