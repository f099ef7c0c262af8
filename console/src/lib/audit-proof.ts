// The proof that an entry is in the audit, checked here: from the entry's text up to the signature over all lanes.
//
// The rules are those of docs/audit.md and bin/verify-audit-export.mjs. Each step builds on the one before, so the first
// that fails is the last that says anything.
import { bytesOfBase64, derOfPem, rawOfDerSignature } from './der.ts';
import { bytesOfText, hexOf, isHash, leafHash, rootFromPath, rootOver, sha256 } from './merkle.ts';

export type SignedRoot = { statement: string; signature: string; algorithm: string };
export type AuditProof = {
  entry: { entryId: string; lane: string; seq: number; text: string; hash: string; previousHash: string };
  index: number;
  size: number;
  path: string[];
  root: SignedRoot;
  keys: string[];
};
export type LaneRoot = { lane: string; size: number; root: string; head: string };
export type Statement = { kind: string; epoch: number; at: string; lanes: LaneRoot[]; root: string; key: string };

export type ProofStep = {
  name: string;
  state: 'right' | 'wrong' | 'not_checked';
  /** what was computed, or what does not fit */
  what: string;
  /** the hash that this step found, where it found one */
  found?: string;
};
type Outcome = { right: true; what: string; found?: string } | { right: false; what: string; found?: string };
/** What the steps hand on to those after them. */
type Work = { proof: AuditProof; shown: Shown; said?: Statement; leaf?: string; key?: CryptoKey };
/** The entry as the page shows it: it has to be the one that was chained. */
export type Shown = { entryId: string; hash: string; item: { pk: string; sk: string } };

const ROOT_KIND = 'lazyark.audit.root/1';
const right = (what: string, found?: string): Outcome => ({ right: true, what, found });
const wrong = (what: string, found?: string): Outcome => ({ right: false, what, found });

const STEPS: [name: string, check: (work: Work) => Outcome | Promise<Outcome>][] = [
  ['What is shown is what was chained', checkShown],
  ['The entry’s hash', checkEntry],
  ['The leaf', checkLeaf],
  ['The signed statement', checkStatement],
  ['The path to the lane’s root', checkPath],
  ['The root over all lanes', checkRoot],
  ['The key', checkKey],
  ['The signature', checkSignature],
];

/** Every step in order; the proof holds when all are right. Whatever comes instead of a proof is wrong, never an error. */
export async function checkProof(proof: AuditProof, shown: Shown): Promise<ProofStep[]> {
  const work: Work = { proof, shown };
  const steps: ProofStep[] = [];
  for (const [name, check] of STEPS) {
    if (steps.some(({ state }) => state === 'wrong')) {
      steps.push({ name, state: 'not_checked', what: 'Not checked: a step before it failed.' });
      continue;
    }
    const { right: holds, what, found } = await attempt(check, work);
    steps.push({ name, state: holds ? 'right' : 'wrong', what, found });
  }
  return steps;
}

export const holds = (steps: readonly ProofStep[]): boolean =>
  steps.length > 0 && steps.every(({ state }) => state === 'right');

async function attempt(check: (work: Work) => Outcome | Promise<Outcome>, work: Work): Promise<Outcome> {
  try {
    return await check(work);
  } catch {
    return wrong('The proof cannot be read: parts of it are missing or of another kind.');
  }
}

function checkShown({ proof: { entry }, shown }: Work): Outcome {
  const said: Record<string, unknown> = JSON.parse(entry.text);
  const { entryId, lane, seq } = entry;
  if (entryId !== shown.entryId || said.entryId !== entryId || said.lane !== lane || said.seq !== seq)
    return wrong(`The proof is of the entry ${said.entryId}, not of ${shown.entryId}.`);
  if (entryId !== `aud_${lane}_${seq}`) return wrong(`${entryId} is not the id of entry ${seq} of ${lane}.`);
  const values: Record<string, unknown> = { ...shown, ...shown.item };
  const other = Object.keys(said).find((name) => JSON.stringify(said[name]) !== JSON.stringify(values[name]));
  if (other) return wrong(`“${other}” is shown otherwise than it stands in the text that was chained.`);
  return right(`All ${Object.keys(said).length} values of this entry are as they stand in the chained text.`);
}

async function checkEntry({ proof: { entry }, shown }: Work): Promise<Outcome> {
  const { lane, seq, text, hash, previousHash } = entry;
  const bytes = bytesOfText(text).length;
  const first = await sha256(`lazyark-audit:${lane}`);
  if (seq === 1 && previousHash !== first)
    return wrong('The first entry of a lane is chained to the lane’s name.', first);
  const found = await sha256(`${previousHash}\n${bytes}\n${text}`);
  if (found !== hash || !isHash(previousHash))
    return wrong('The text, or the entry before, is not what was chained.', found);
  if (hash !== shown.hash) return wrong('The hash is not the one that this page shows.', found);
  return right(`SHA-256 over the hash before, the length (${bytes} bytes) and the text.`, found);
}

async function checkLeaf(work: Work): Promise<Outcome> {
  work.leaf = await leafHash(work.proof.entry.hash);
  return right('SHA-256 over a zero byte and the entry’s hash.', work.leaf);
}

function checkStatement(work: Work): Outcome {
  const { statement } = work.proof.root;
  const said: Statement = JSON.parse(statement);
  const isLane = ({ size, root, head }: LaneRoot) => Number.isSafeInteger(size) && isHash(root) && isHash(head);
  if (said.kind !== ROOT_KIND || JSON.stringify(said) !== statement || !said.lanes.every(isLane))
    return wrong('What was signed is no root of an audit.');
  work.said = said;
  return right(`Root ${said.epoch} of ${said.at}, over ${said.lanes.length} lanes.`);
}

async function checkPath({ proof, said, leaf = '' }: Work): Promise<Outcome> {
  const { entry, index, size, path } = proof;
  const lane = said?.lanes.find((one) => one.lane === entry.lane);
  if (!lane) return wrong(`The signed root does not cover the lane ${entry.lane}.`);
  if (lane.size !== size) return wrong(`The path is for ${size} entries, the signed root covers ${lane.size}.`);
  if (entry.seq !== index + 1) return wrong(`Entry ${entry.seq} is proved at place ${index + 1}.`);
  if (!path.every(isHash)) return wrong('The path holds something that is no hash.');
  const found = await rootFromPath(leaf, index, size, path);
  if (found !== lane.root) return wrong(`The path does not lead to the signed root of ${entry.lane}.`, found);
  if (size === entry.seq && lane.head !== entry.hash)
    return wrong('The lane’s last hash is not the one of this entry.');
  return right(`${path.length} hashes lead from entry ${index + 1} of ${size} to the root of ${entry.lane}.`, found);
}

async function checkRoot({ said }: Work): Promise<Outcome> {
  const lanes = said?.lanes ?? [];
  const found = await rootOver(lanes.map(({ lane, size, root, head }) => `${lane}\n${size}\n${root}\n${head}`));
  if (found !== said?.root) return wrong('The lanes do not give the root that was signed.', found);
  return right(`The tree over ${lanes.map(({ lane }) => lane).join(', ')}.`, found);
}

async function checkKey(work: Work): Promise<Outcome> {
  const named = work.said?.key;
  for (const pem of work.proof.keys) {
    const der = derOfPem(pem);
    if (!der || (await sha256(der)) !== named) continue;
    work.key = await crypto.subtle.importKey('spki', der, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
    const again = new Uint8Array(await crypto.subtle.exportKey('spki', work.key));
    if (hexOf(again) === hexOf(der)) return right('The server’s key has the fingerprint that the root names.', named);
  }
  return wrong('None of the keys has the fingerprint that the root names.', named);
}

async function checkSignature({ proof: { root }, key }: Work): Promise<Outcome> {
  const der = root.algorithm === 'ECDSA_SHA_256' ? bytesOfBase64(root.signature) : undefined;
  const raw = der && rawOfDerSignature(der);
  if (!raw || !key) return wrong('The signature is not written as an ECDSA P-256 signature is.');
  const rule = { name: 'ECDSA', hash: 'SHA-256' };
  const signed = await crypto.subtle.verify(rule, key, raw, bytesOfText(root.statement));
  return signed
    ? right('ECDSA P-256 with SHA-256 over the statement, byte for byte.')
    : wrong('The signature does not fit the statement.');
}
