// A root of the audit: what is signed once a minute, and how it binds all lanes and the root before it. Pure.
import { hash } from 'node:crypto';
import * as z from 'zod';
import { rootOver } from './merkle.ts';

/** A lane as the root covers it: `root` of the tree over its first `size` entries, `head` the hash of the last of them. */
export const LaneRoot = z.object({ lane: z.string(), size: z.int().min(0), root: z.string(), head: z.string() });
export type LaneRoot = z.infer<typeof LaneRoot>;

/** `statement` is the text that was signed, byte for byte; `epoch` and `at` repeat what it says. */
export const SignedRoot = z.object({
  epoch: z.int().min(1),
  at: z.string(),
  statement: z.string(),
  signature: z.string(),
  algorithm: z.string(),
});
export type SignedRoot = z.infer<typeof SignedRoot>;

/** There are two histories: something was put back to an earlier state and went on from it, or was written by hand. */
export class TrailForked extends Error {
  override name = 'TrailForked';
}

const KIND = 'lazyark.audit.root/1';
export const FIRST_PREVIOUS = hash('sha256', 'lazyark-audit-roots', 'hex');

export type Statement = { epoch: number; at: string; previous: string; lanes: LaneRoot[]; root: string; key: string };

/** The statement of a root; `before` is the one that it follows, `key` the fingerprint of the key that will sign it. */
export function statementAfter(
  before: SignedRoot | undefined,
  { at, lanes, key }: { at: string; lanes: readonly LaneRoot[]; key: string },
): string {
  const previous = before ? digestOf(before) : FIRST_PREVIOUS;
  const sorted = lanes.map(({ lane, size, root, head }) => ({ lane, size, root, head })).toSorted(byName);
  const root = rootOver(sorted.map((one) => `${one.lane}\n${one.size}\n${one.root}\n${one.head}`));
  return JSON.stringify({ kind: KIND, epoch: (before?.epoch ?? 0) + 1, at, previous, lanes: sorted, root, key });
}

export const said = ({ statement }: Pick<SignedRoot, 'statement'>): Statement => JSON.parse(statement);

/** What the next root names as its `previous`. */
export const digestOf = ({ statement }: Pick<SignedRoot, 'statement'>): string => hash('sha256', statement, 'hex');

/** The fingerprint of a public key: sha256 of its DER form. */
export const fingerprintOf = (pem: string): string =>
  hash('sha256', Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'), 'hex');

/** What leaves the house: a line of an export, an object of the bucket. */
export const shownRoot = ({ statement, signature, algorithm }: SignedRoot) => ({ statement, signature, algorithm });

const byName = (a: LaneRoot, b: LaneRoot): number => (a.lane < b.lane ? -1 : 1);

const IDLE_MS = 3_600_000;

/** Whether there is something to sign for: new entries, or an hour without a sign of life. */
export function sealing(
  last: SignedRoot | undefined,
  lanes: readonly LaneRoot[],
  now: Date,
): { kind: 'due'; why: 'first' | 'entries' | 'an hour has passed' } | { kind: 'idle' } {
  if (!last) return { kind: 'due', why: 'first' };
  const sealed = new Map(said(last).lanes.map(({ lane, size }) => [lane, size]));
  if (lanes.some(({ lane, size }) => size !== (sealed.get(lane) ?? 0))) return { kind: 'due', why: 'entries' };
  if (now.getTime() - Date.parse(last.at) >= IDLE_MS) return { kind: 'due', why: 'an hour has passed' };
  return { kind: 'idle' };
}
