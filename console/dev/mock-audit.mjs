// DEVELOPMENT ONLY, never shipped: a made-up audit with real hashes, paths and signatures, for mock-server.mjs.
import { generateKeyPairSync, sign } from 'node:crypto';
import { chainOnto, firstHead } from '../../functions/audit/chain.ts';
import { rootOver } from '../../functions/audit/merkle.ts';
import { inclusionRanges } from '../../functions/audit/merkle-proof.ts';
import { fingerprintOf, statementAfter } from '../../functions/audit/root.ts';

const empty = process.argv.includes('--empty');
const startMs = Date.now();
const at = (seconds) => new Date(startMs + seconds * 1000).toISOString();
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const NAMES = ['objectives', 'agents', 'safety', 'operations', 'access'];
const perLane = 80;
const objective = 'obj_01JD4Q8Z3X5C7V9B1N2M000001';

const fact = (lane, n) => ({
  ...{ lane, at: at((n - perLane) * 7), eventId: `e${n}`, table: `${lane[0].toUpperCase()}${lane.slice(1)}Table` },
  ...{ pk: objective, sk: `tsk_${objective.slice(4)}_${n % 9}` },
  kind: lane === 'access' ? 'READ' : n % 5 === 0 ? 'INSERT' : n % 31 === 0 ? 'REMOVE' : 'MODIFY',
  by: n % 4 ? 'agt_analyst' : 'operator',
  why: n % 3 ? 'The agent acknowledged the task' : 'Lease renewed by heartbeat',
  changes: [
    { path: 'tasks.3.status', before: 'allocated', after: 'running' },
    { path: 'version', before: n, after: n + 1 },
    { path: 'tasks.3.lease', before: { until: at(-n * 7) } },
    { path: 'tasks.3.result', after: { sha256: 'ab'.repeat(32), bytes: 20_480 } },
  ],
});
const chains = NAMES.map((lane, n) => {
  const facts = Array.from({ length: empty ? 0 : perLane - n * 9 }, (_, k) => fact(lane, k + 1));
  return { lane, entries: chainOnto(firstHead(lane), facts) };
});

function viewOf({ text, hash }, previousHash) {
  const { pk, sk, ...facts } = JSON.parse(text);
  return { ...facts, item: { pk, sk }, hash, previousHash };
}
const headBefore = ({ lane, entries }, index) => entries[index - 1]?.hash ?? firstHead(lane).hash;
export const entries = chains
  .flatMap((chain) => chain.entries.map((entry, n) => viewOf(entry, headBefore(chain, n))))
  .sort((a, b) => (a.at < b.at ? 1 : -1));
export const laneHeads = empty
  ? []
  : chains.map((chain) => ({
      lane: chain.lane,
      entries: chain.entries.length,
      head: headBefore(chain, chain.entries.length),
    }));

let root;
let epoch = 4_710;
/** The newest three entries of the first lane are left to the next root, until somebody seals. */
function seal(behind) {
  const lanes = chains.map((chain, n) => {
    const size = chain.entries.length - (n === 0 ? behind : 0);
    const hashes = chain.entries.slice(0, size).map(({ hash }) => hash);
    return { lane: chain.lane, size, root: rootOver(hashes), head: headBefore(chain, size) };
  });
  const key = fingerprintOf(pem);
  const stamp = behind ? at(-34) : new Date().toISOString();
  const statement = statementAfter({ epoch, statement: root?.statement ?? '' }, { at: stamp, lanes, key });
  epoch += 1;
  const signature = sign('sha256', Buffer.from(statement), privateKey).toString('base64');
  root = { epoch, at: stamp, key, lanes, statement, signature, algorithm: 'ECDSA_SHA_256' };
}
if (!empty) seal(3);

const shownRoot = () => ({ statement: root.statement, signature: root.signature, algorithm: root.algorithm });

function proof(entryId) {
  const [, name, seq] = /^aud_(\w+)_(\d+)$/.exec(entryId) ?? [];
  const chain = chains.find(({ lane }) => lane === name);
  const index = Number(seq) - 1;
  const entry = chain?.entries[index];
  if (!entry) return { fault: 'no_such_entry' };
  const { size } = root.lanes.find(({ lane }) => lane === name);
  if (index >= size) return { fault: 'not_sealed_yet' };
  const hashes = chain.entries.map(({ hash }) => hash);
  const path = inclusionRanges(index, size).map(({ start, end }) => rootOver(hashes.slice(start, end)));
  const shown = { entryId, lane: name, seq: index + 1, ...entry, previousHash: headBefore(chain, index) };
  return { body: { entry: shown, index, size, path, root: shownRoot(), keys: [pem] } };
}

/** Routes of the audit by their pattern; `problem` makes an answer that refuses. */
export const auditRoutes = (problem) => ({
  'GET audit/roots': () => ({ body: { items: root ? [root] : [], keys: [] } }),
  'POST audit/seal': () => {
    seal(0);
    return { body: { kind: 'sealed', epoch, entries: 3, more: false } };
  },
  'GET audit/export': () => ({ body: chains.flatMap(({ entries: all }) => all.map(({ text }) => text)).join('\n') }),
  'GET audit/proof': ({ rest }) => {
    const found = proof(rest);
    if (!found.fault) return found;
    const known = found.fault === 'not_sealed_yet';
    return problem(
      known ? 409 : 404,
      found.fault,
      known ? 'The entry is sealed within a minute; ask again' : 'No entry',
    );
  },
});
