// What the browser's check of a proof says yes and no to: proofs of a real trail, and each of them falsified.
import { beforeAll, describe, expect, it } from 'vitest';
import { changes, testAudit, testSigner } from '../../../functions/audit/audit.test-support.ts';
import { proveEntry } from '../../../functions/audit/prove-entry.ts';
import { readEntry } from '../../../functions/audit/trail.ts';
import { type AuditProof, checkProof, holds, type Shown, type Statement } from './audit-proof.ts';

const audit = testAudit();

async function proven(entryId: string): Promise<{ proof: AuditProof; shown: Shown }> {
  const { kind, ...proof } = await proveEntry(entryId, audit);
  const shown = await readEntry(entryId, audit.lanes);
  expect(kind).toBe('proof');
  return JSON.parse(JSON.stringify({ proof, shown }));
}
const failedStep = async (proof: AuditProof, shown: Shown) =>
  (await checkProof(proof, shown)).find(({ state }) => state === 'wrong')?.name;

beforeAll(async () => {
  await audit.record('objectives', changes(1, 37));
  await audit.record('safety', changes(40, 44));
  await audit.seal();
});

it.each([1, 2, 3, 16, 31, 32, 33, 36, 37])('holds for entry %i of 37, with what each step found', async (seq) => {
  const { proof, shown } = await proven(`aud_objectives_${seq}`);
  const steps = await checkProof(proof, shown);
  expect(steps.filter(({ state }) => state !== 'right')).toEqual([]);
  expect(holds(steps)).toBe(true);
  expect(steps.find(({ name }) => name.startsWith('The path'))?.found).toMatch(/^[0-9a-f]{64}$/);
});

it('holds for a text with letters of more than one byte', async () => {
  const after = { pk: 'obj_é', sk: 's', status: 'über – 漢字 🙂', by: 'Zoë', why: '“why”' };
  await audit.record(
    'agents',
    changes(50, 50).map((one) => ({ ...one, after })),
  );
  await audit.seal();
  const { proof, shown } = await proven('aud_agents_1');
  expect(holds(await checkProof(proof, shown))).toBe(true);
});

const other = 'f'.repeat(64);
const flipped = (base64: string): string => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[bytes.length - 1]! ^= 1;
  return bytes.toString('base64');
};
const restated = (proof: AuditProof, change: (said: Statement) => unknown): void => {
  const said: Statement = JSON.parse(proof.root.statement);
  change(said);
  proof.root.statement = JSON.stringify(said);
};

describe('does not hold when somebody falsified', () => {
  const cases: [what: string, step: string, falsify: (proof: AuditProof, shown: Shown) => unknown][] = [
    ['who is shown', 'What is shown', (_, shown) => Object.assign(shown, { by: 'somebody else' })],
    ['the change that is shown', 'What is shown', (_, shown) => Object.assign(shown, { changes: [] })],
    ['the item that is shown', 'What is shown', (_, shown) => Object.assign(shown.item, { sk: 'another' })],
    ['which entry is shown', 'What is shown', (_, shown) => Object.assign(shown, { entryId: 'aud_objectives_6' })],
    ['the hash that is shown', 'The entry', (_, shown) => Object.assign(shown, { hash: other })],
    ['entry.entryId', 'What is shown', ({ entry }) => Object.assign(entry, { entryId: 'aud_objectives_6' })],
    ['entry.lane', 'What is shown', ({ entry }) => Object.assign(entry, { lane: 'safety' })],
    ['entry.seq', 'What is shown', ({ entry }) => Object.assign(entry, { seq: 6 })],
    [
      'entry.text',
      'What is shown',
      ({ entry }) => Object.assign(entry, { text: entry.text.replace('operator', 'nobody') }),
    ],
    ['white space in entry.text', 'The entry', ({ entry }) => Object.assign(entry, { text: `${entry.text} ` })],
    ['entry.hash', 'The entry', ({ entry }) => Object.assign(entry, { hash: other })],
    ['entry.previousHash', 'The entry', ({ entry }) => Object.assign(entry, { previousHash: other })],
    ['index', 'The path', (proof) => Object.assign(proof, { index: proof.index + 1 })],
    ['size', 'The path', (proof) => Object.assign(proof, { size: proof.size - 1 })],
    ['a hash of the path', 'The path', ({ path }) => path.splice(2, 1, other)],
    ['the order of the path', 'The path', ({ path }) => path.reverse()],
    ['the path, made longer', 'The path', ({ path }) => path.push(other)],
    ['the path, made shorter', 'The path', ({ path }) => path.pop()],
    ['a path of no hashes', 'The path', ({ path }) => path.splice(0, 1, 'no hash')],
    [
      'the lane’s root',
      'The path',
      (p) =>
        restated(p, ({ lanes }) => Object.assign(lanes.find(({ lane }) => lane === 'objectives')!, { root: other })),
    ],
    [
      'the root of another lane',
      'The root',
      (p) => restated(p, ({ lanes }) => Object.assign(lanes.at(-1)!, { root: other })),
    ],
    [
      'the size of another lane',
      'The root',
      (p) => restated(p, ({ lanes }) => Object.assign(lanes.at(-1)!, { size: lanes.at(-1)!.size + 1 })),
    ],
    ['the lanes, one left out', 'The root', (p) => restated(p, ({ lanes }) => lanes.pop())],
    ['the root over the lanes', 'The root', (p) => restated(p, (said) => Object.assign(said, { root: other }))],
    ['the epoch', 'The signature', (p) => restated(p, (said) => Object.assign(said, { epoch: said.epoch + 1 }))],
    [
      'the time',
      'The signature',
      (p) => restated(p, (said) => Object.assign(said, { at: '2020-01-01T00:00:00.000Z' })),
    ],
    ['the root before', 'The signature', (p) => restated(p, (said) => Object.assign(said, { previous: other }))],
    ['the kind of statement', 'The signed', (p) => restated(p, (said) => Object.assign(said, { kind: 'another' }))],
    [
      'how the statement is written',
      'The signed',
      ({ root }) => Object.assign(root, { statement: `${root.statement} ` }),
    ],
    ['the key that is named', 'The key', (p) => restated(p, (said) => Object.assign(said, { key: other }))],
    ['the key, by another one', 'The key', (proof) => Object.assign(proof, { keys: [testSigner().pem] })],
    ['the keys, left out', 'The key', (proof) => Object.assign(proof, { keys: [] })],
    ['a key that is none', 'The key', (proof) => Object.assign(proof, { keys: ['-----BEGIN PUBLIC KEY-----'] })],
    ['the signature', 'The signature', ({ root }) => Object.assign(root, { signature: flipped(root.signature) })],
    [
      'the signature, with more behind it',
      'The signature',
      ({ root }) => Object.assign(root, { signature: `${root.signature}AAAA` }),
    ],
    [
      'how the signature is written',
      'The signature',
      ({ root }) => Object.assign(root, { signature: `${root.signature}\n` }),
    ],
    ['the algorithm', 'The signature', ({ root }) => Object.assign(root, { algorithm: 'none' })],
  ];
  it.each(cases)('%s', async (_, step, falsify) => {
    const { proof, shown } = await proven('aud_objectives_5');
    falsify(proof, shown);
    expect(await failedStep(proof, shown)).toMatch(new RegExp(`^${step}`));
  });

  it('the statement together with a signature by a key that came along', async () => {
    const { proof, shown } = await proven('aud_objectives_5');
    const forger = testSigner();
    restated(proof, (said) => Object.assign(said, { at: '2020-01-01T00:00:00.000Z' }));
    proof.root.signature = (await forger.sign(Buffer.from(proof.root.statement))).signature;
    proof.keys = [forger.pem, ...proof.keys];
    expect(await failedStep(proof, shown)).toBe('The signature');
  });

  it('what the first entry of a lane is chained to', async () => {
    const { proof, shown } = await proven('aud_objectives_1');
    proof.entry.previousHash = other;
    expect(await failedStep(proof, shown)).toBe('The entry’s hash');
  });
});

it('says no, without an error, to what is no proof at all', async () => {
  const { shown } = await proven('aud_objectives_5');
  for (const nothing of [{}, { entry: {} }, { entry: { text: 'no JSON' } }, null])
    expect(await failedStep(nothing as never, shown)).toBe('What is shown is what was chained');
});

it('checks nothing more after what failed', async () => {
  const { proof, shown } = await proven('aud_objectives_5');
  proof.entry.hash = other;
  const states = (await checkProof(proof, shown)).map(({ state }) => state);
  expect(states).toEqual(['right', 'wrong', ...Array.from({ length: 6 }, () => 'not_checked')]);
});
