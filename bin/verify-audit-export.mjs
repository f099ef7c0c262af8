#!/usr/bin/env node
// Checks an exported audit trail of LazyArk offline, without any of its code: node verify-audit-export.mjs EXPORT.jsonl
//
// An export is JSON lines: the format with the public keys, the signed roots in order, then each lane: its entries and
// its head. What must hold, all of it:
//   entry  hash = sha256(hash before \n length of text in bytes \n text); the first builds on sha256(lazyark-audit:LANE)
//   tree   RFC 9162: leaf = sha256(0x00 hash), node = sha256(0x01 left right); a lane's leaves are its entries' hashes
//   root   `previous` is sha256 of the statement before; `root` is the tree over the lines LANE \n size \n root \n head
//          of its lanes; the statement is signed (ECDSA P-256 with SHA-256) by the key whose fingerprint is `key`
import { createPublicKey, hash as digest, verify } from 'node:crypto';
import { createReadStream, readFileSync, realpathSync } from 'node:fs';
import { parseArgs } from 'node:util';

export const faultsKeptMax = 100;
const FORMAT = 'lazyark-audit-export/1';
const ROOT_KIND = 'lazyark.audit.root/1';
const sha256 = (text) => digest('sha256', text, 'hex');
const FIRST_PREVIOUS = sha256('lazyark-audit-roots');
export const genesisHash = (lane) => sha256(`lazyark-audit:${lane}`);
export const entryHash = (previous, text) => sha256(`${previous}\n${Buffer.byteLength(text)}\n${text}`);
const leafHash = (data) => digest('sha256', `\0${data}`, 'buffer');
const joint = Buffer.alloc(65, 1);
function nodeHash(left, right) {
  joint.set(left, 1);
  joint.set(right, 33);
  return digest('sha256', joint, 'buffer');
}

/** A tree that grows: the roots of its whole subtrees, largest first, are all it has to remember. */
class Tree {
  size = 0;
  peaks = [];
  add(data) {
    let whole = leafHash(data);
    for (let size = this.size; size % 2 === 1; size = (size - 1) / 2) whole = nodeHash(this.peaks.pop(), whole);
    this.peaks.push(whole);
    this.size += 1;
    return this;
  }
  root() {
    return this.size === 0 ? sha256('') : this.peaks.reduceRight((two, one) => nodeHash(one, two)).toString('hex');
  }
}

/** RFC 9162, 2.1.3.2: the root that follows from a leaf, its place and its path; undefined when they do not fit. */
export function rootFromPath(data, index, size, path) {
  let [place, last, found] = [index, size - 1, leafHash(data)];
  if (!isSize(index) || index > last) return undefined;
  for (const sibling of path.map((hex) => Buffer.from(hex, 'hex'))) {
    if (last === 0 || sibling.length !== 32) return undefined;
    if (place % 2 === 1 || place === last) {
      found = nodeHash(sibling, found);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else found = nodeHash(found, sibling);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 ? found.toString('hex') : undefined;
}

function parsed(text) {
  try {
    return [JSON.parse(text)].find((value) => value instanceof Object);
  } catch {}
}
const isText = (value) => typeof value === 'string';
const isHash = (value) => isText(value) && /^[0-9a-f]{64}$/.test(value);
const isSize = (value) => Number.isSafeInteger(value) && value >= 0;
const hasOnly = (value, ...names) => Object.keys(value).join() === names.join();
const missing = (from, to) => (from === to ? `entry ${from} is missing` : `entries ${from} to ${to} are missing`);

/** A public key from its PEM text as it is exported, with its fingerprint: sha256 of the DER form. */
export function keyOf(pem) {
  try {
    const key = createPublicKey(pem);
    const fingerprint = digest('sha256', key.export({ type: 'spki', format: 'der' }), 'hex');
    const isP256 = key.asymmetricKeyDetails.namedCurve === 'prime256v1';
    return isP256 && key.export({ type: 'spki', format: 'pem' }) === pem ? { key, fingerprint } : undefined;
  } catch {}
}

/** A signed root: what it says, or what is wrong with it by itself. */
export function readRoot(root, keys) {
  const { statement, signature, algorithm } = root ?? {};
  const said = isText(statement) ? parsed(statement) : undefined;
  const isLane = (one) => isText(one?.lane) && isSize(one.size) && isHash(one.root) && isHash(one.head);
  const whole = said?.kind === ROOT_KIND && isSize(said.epoch) && Array.isArray(said.lanes) && said.lanes.every(isLane);
  if (!whole || !hasOnly(root, 'statement', 'signature', 'algorithm') || JSON.stringify(said) !== statement)
    return { fault: 'is no root of an audit' };
  const key = keys.get(said.key);
  if (!key) return { fault: `is signed with a key that is not among those given: ${said.key}` };
  const bytes = Buffer.from(String(signature), 'base64');
  const wellWritten = algorithm === 'ECDSA_SHA_256' && bytes.toString('base64') === signature;
  if (!wellWritten || !verify('sha256', Buffer.from(statement), key, bytes)) return { fault: 'has a wrong signature' };
  const lines = said.lanes.map(({ lane, size, root: of, head }) => `${lane}\n${size}\n${of}\n${head}`);
  if (lines.reduce((tree, line) => tree.add(line), new Tree()).root() !== said.root)
    return { fault: 'names a root that is not the one of its lanes' };
  return { said };
}

class Verifier {
  /** fingerprints that are trusted; none named: any */
  constructor({ fingerprints = [], anchors = [], lane, rootsExpected = false }) {
    Object.assign(this, { fingerprints, anchors, only: lane, rootsExpected, faults: [], roots: [], faultsInAll: 0 });
    Object.assign(this, { lanes: new Map(), keys: new Map(), promises: new Map(), lineNumber: 0, atEntries: false });
  }

  note(lane, seq, fault, entryId) {
    this.faultsInAll += 1;
    if (this.faults.length < faultsKeptMax) this.faults.push({ lane, seq, ...(entryId ? { entryId } : {}), fault });
  }

  feed(line) {
    this.lineNumber += 1;
    if (line === '') return;
    const value = parsed(line) ?? {};
    if (hasOnly(value, 'lane', 'seq', 'hash', 'text') && isText(value.text) && isText(value.lane) && isSize(value.seq))
      this.feedEntry(value);
    else if (hasOnly(value, 'lane', 'head') && isText(value.lane) && isSize(value.head?.seq)) this.feedHead(value);
    else if (hasOnly(value, 'root')) this.feedRoot(value.root ?? {});
    else if (this.lineNumber === 1 && value.format === FORMAT && hasOnly(value, 'format', 'keys'))
      for (const pem of [value.keys].flat()) this.feedKey(pem);
    else this.note('?', 0, `line ${this.lineNumber} is no line of an audit export`);
  }

  feedKey(pem) {
    const { key, fingerprint = 'that cannot be read' } = keyOf(pem) ?? {};
    const trusted = this.fingerprints.length === 0 || this.fingerprints.includes(fingerprint);
    if (key && trusted) this.keys.set(fingerprint, key);
    else this.note('(roots)', 0, `the key ${fingerprint} is not one of those that are trusted`);
  }

  feedRoot(root) {
    const { said, fault } = readRoot(root, this.keys);
    const last = this.roots.at(-1) ?? { epoch: 0, at: '', lanes: [], digest: FIRST_PREVIOUS };
    const epoch = last.epoch + 1;
    const wrong = fault ?? this.faultAfter(last, epoch, said);
    if (wrong) this.note('(roots)', epoch, `root ${epoch} ${wrong}`);
    else this.promise(said);
    const { at = last.at, lanes = last.lanes } = said ?? {};
    this.roots.push({ epoch, at, lanes, digest: sha256(String(root.statement)), statement: root.statement });
  }

  faultAfter(last, epoch, { epoch: stated, previous, at, lanes }) {
    const sizeNow = (name) => lanes.find(({ lane }) => lane === name)?.size ?? -1;
    if (this.atEntries) return 'comes after entries that it covers';
    if (stated !== epoch) return `is missing: root ${stated} comes in its place`;
    if (previous !== last.digest) return 'does not follow the root before it: a fork';
    if (at < last.at) return 'is older than the root before it';
    const less = last.lanes.find(({ lane, size }) => sizeNow(lane) < size);
    return less && `covers less of ${less.lane} than the root before it`;
  }

  /** A root promises that at this size the lane has this root and ends with this hash. */
  promise({ epoch, at, lanes }) {
    for (const { lane, size, root, head } of lanes) {
      const list = this.promises.get(lane) ?? [];
      const before = list.at(-1);
      if (before?.size !== size) list.push({ size, root, head, epoch, at });
      else if (before.root !== root || before.head !== head)
        this.note(lane, size, `roots ${before.epoch} and ${epoch} say different things of the same entries: a fork`);
      this.promises.set(lane, list);
    }
  }

  laneNamed(name) {
    if (this.lanes.has(name)) return this.lanes.get(name);
    const lane = { lane: name, sealed: 0, headHash: genesisHash(name), headSeen: false, lastSeq: 0, kept: 0 };
    this.lanes.set(name, Object.assign(lane, { tree: new Tree(), broken: false }));
    this.atEntries = true;
    return this.keepPromises(lane) ?? lane;
  }

  feedEntry({ lane: name, seq, hash, text }) {
    const lane = this.laneNamed(name);
    // Parsing the text is half of the work; one that begins as all do needs none.
    const usual = text.startsWith(`{"entryId":"aud_${name}_${seq}","seq":${seq},"lane":"${name}",`);
    const said = usual ? { entryId: `aud_${name}_${seq}`, seq, lane: name } : parsed(text);
    const fault = faultOfEntry(lane, seq, hash, text, said);
    if (fault) this.note(name, seq, fault, isText(said?.entryId) ? said.entryId : undefined);
    if (fault) lane.broken = true;
    // After a fault the chain goes on from the hash that the line itself states, so that one fault is reported once.
    lane.lastSeq = seq;
    lane.headHash = hash;
    lane.tree.add(hash);
    this.keepPromises(lane);
  }

  keepPromises(lane) {
    const next = this.promises.get(lane.lane)?.[lane.kept];
    if (next?.size !== lane.tree.size) return;
    lane.kept += 1;
    const right = lane.tree.root() === next.root && lane.headHash === next.head;
    if (right) lane.sealed = next.size;
    else if (!lane.broken)
      this.note(lane.lane, next.size, `rewritten after ${lane.sealed}: root ${next.epoch} of ${next.at} sealed others`);
    lane.broken ||= !right;
  }

  feedHead({ lane: name, head: { seq, hash, ...more } }) {
    const lane = this.laneNamed(name);
    const { lastSeq, headSeen, headHash } = lane;
    lane.headSeen = true;
    if (headSeen) this.note(name, seq, 'the lane ends twice');
    else if (seq > lastSeq) this.note(name, lastSeq + 1, `${missing(lastSeq + 1, seq)} at the end`);
    else if (seq < lastSeq) this.note(name, seq + 1, `the head says that the lane ends with entry ${seq}`);
    else if (hash !== headHash || Object.keys(more).length > 0)
      this.note(name, seq, 'the last entry is not the one that the head names');
  }

  /** A root that was kept elsewhere: the export must hold the very same one. */
  compare(anchor) {
    const { said, fault } = readRoot(anchor, this.keys);
    const count = this.roots.length;
    if (fault) return this.note('(anchors)', 0, `an anchored root ${fault}`);
    if (this.roots[said.epoch - 1]?.statement === anchor.statement) return;
    const how = said.epoch > count ? `is anchored, the last one here is ${count}: cut off` : 'is not the anchored one';
    this.note('(anchors)', said.epoch, `root ${said.epoch} ${how}`);
  }

  report() {
    for (const anchor of this.anchors) this.compare(anchor);
    if (this.rootsExpected && this.roots.length === 0) this.note('(roots)', 0, 'there is no signed root');
    for (const { lane, headSeen, lastSeq } of this.lanes.values())
      if (!headSeen) this.note(lane, lastSeq + 1, 'the lane does not end with its head: cut off here');
    for (const [name, list] of this.promises) {
      const [{ size, epoch, at }, lane] = [list.at(-1), this.lanes.get(name)];
      const from = (lane?.tree.size ?? 0) + 1;
      if ((lane && (size < from || lane.broken)) || (this.only !== undefined && this.only !== name)) continue;
      const what = size < from ? 'the lane is missing' : missing(from, size);
      this.note(name, from, `${what}: root ${epoch} of ${at} covers ${size}`);
    }
    const { faults, faultsInAll, roots, keys, fingerprints, anchors } = this;
    const shown = ({ lastSeq, tree, broken, kept, ...lane }) => ({ ...lane, entries: tree.size });
    const lanes = [...this.lanes.values()].map(shown);
    const sum = (name) => lanes.reduce((total, lane) => total + lane[name], 0);
    return {
      ...{ valid: faultsInAll === 0, entries: sum('entries'), sealed: sum('sealed'), lanes, faults, faultsInAll },
      roots: { count: roots.length, lastAt: roots.at(-1)?.at, anchorsCompared: anchors.length },
      keys: [...keys.keys()].map((fingerprint) => ({ fingerprint, trusted: fingerprints.includes(fingerprint) })),
    };
  }
}

function faultOfEntry({ lane, lastSeq, headSeen, headHash }, seq, hash, text, said) {
  const next = lastSeq + 1;
  if (headSeen) return `entry ${seq} comes after the end of the lane`;
  if (seq > next) return `${missing(next, seq - 1)} before this one`;
  if (seq < next) return `entry ${seq} comes where entry ${next} belongs: out of order or there twice`;
  if (!said) return 'the text of the entry is no JSON object';
  if (said.lane !== lane || said.seq !== seq) return `the text says it is entry ${said.seq} of lane ${said.lane}`;
  return entryHash(headHash, text) === hash ? undefined : 'the text or the one before is not the one that was chained';
}

/** Feed it the lines of an export in order; memory grows with the number of roots, not of entries. */
export const auditVerifier = (options = {}) => new Verifier(options);

/** A proof of one entry: its text, what it is chained to, the path to its lane's root, the signed root. */
export function faultOfProof({ entry, index, size, path, root, keys: pems }, fingerprints = []) {
  const keys = new Map(pems.flatMap((pem) => keyOf(pem) ?? []).map(({ key, fingerprint }) => [fingerprint, key]));
  const { said, fault } = readRoot(root, keys);
  if (fault) return `the root ${fault}`;
  if (fingerprints.length > 0 && !fingerprints.includes(said.key)) return `the key ${said.key} is not trusted`;
  if (entryHash(entry.previousHash, entry.text) !== entry.hash) return 'the text is not the one that was chained';
  const { root: laneRoot, size: covered } = said.lanes.find(({ lane }) => lane === entry.lane) ?? {};
  const leads = covered === size && entry.seq === index + 1 && rootFromPath(entry.hash, index, size, path) === laneRoot;
  return leads ? undefined : 'the path does not lead to the root';
}

async function checked(args, log) {
  const [text, texts] = [{ type: 'string' }, { type: 'string', multiple: true, default: [] }];
  const options = { fingerprint: texts, anchor: texts, lane: text, proof: text };
  const { values, positionals: files } = parseArgs({ args, options, allowPositionals: true });
  const { fingerprint: fingerprints, anchor, lane, proof } = values;
  if (files.length !== (proof ? 0 : 1))
    throw new Error('expected EXPORT [--fingerprint HEX] [--anchor ROOT] [--lane NAME] | --proof PROOF');
  if (proof) {
    const fault = faultOfProof(JSON.parse(readFileSync(proof, 'utf8')), fingerprints);
    log(fault ? `NOT VALID: ${fault}` : 'valid: the entry is in the audit that this root was signed for');
    return fault ? 1 : 0;
  }
  const anchors = anchor.flatMap((name) => readFileSync(name, 'utf8').trim().split(/\n+/).map(parsed));
  const verifier = auditVerifier({ fingerprints, anchors, lane, rootsExpected: true });
  let rest = '';
  for await (const chunk of createReadStream(files[0], 'utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) verifier.feed(line);
  }
  verifier.feed(rest);
  const report = verifier.report();
  log(JSON.stringify(report, undefined, 2));
  return report.valid ? 0 : 1;
}

/** Ends with 0: valid, 1: not valid, 2: not checked. */
export const main = (args, { log, error } = console) =>
  checked(args, log).catch(({ message }) => error(`not checked: ${message}`) ?? 2);

if (realpathSync(process.argv[1] ?? '.') === import.meta.filename) process.exitCode = await main(process.argv.slice(2));
