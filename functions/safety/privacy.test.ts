// Personal data: readable on request, noise after an erasure, and the audit's chain whole all the same.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditVerifier } from '../../bin/cli/verify-audit.ts';
import { exportedLines, testAudit } from '../audit/audit.test-support.ts';
import { factsOf } from '../audit/change-facts.ts';
import { recordChanges } from '../audit/record-changes.ts';
import { openSqlite } from '../common/table-sqlite.ts';
import { masterKeyIn } from './master-key.client.ts';
import { KEY_BYTES, NONCE_BYTES, SubjectId, seal, tokenFor, unseal, valueBehind } from './personal-token.ts';
import { personsIn } from './persons.store.ts';
import { access, erase, type PrivacyDeps, tokenise } from './privacy.ts';

const SECRET = 'm'.repeat(48);
const anna = 'sub_01kaf3z7q0anna' as SubjectId;
const secretIn = (text: string) => ({ send: async () => ({ SecretString: text }) }) as never;

function house(secret = SECRET) {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'persons', indexes: [], stream: false });
  tables.defineTable({ name: 'safety', indexes: [], stream: true });
  let place = 0;
  const deps: PrivacyDeps = {
    persons: personsIn(tables, 'persons'),
    keys: masterKeyIn('secret', secretIn(secret)),
    safetyTable: 'safety',
    newKey: () => randomBytes(KEY_BYTES),
    newNonce: () => randomBytes(NONCE_BYTES),
    newPlace: () => String(place++).padStart(6, '0'),
    now: () => new Date('2026-11-20T12:00:00Z'),
  };
  return { tables, deps };
}
const mail = { field: 'e-mail', value: 'anna.lind@example.org', purpose: 'answering her question' };
const phone = { field: 'phone', value: '+49 170 1234567', purpose: 'answering her question' };
const kept = async (deps: PrivacyDeps, values = [mail, phone]) => {
  const outcome = await tokenise(anna, values, deps);
  if (outcome.kind !== 'kept') throw new Error('not kept');
  return outcome.tokens;
};
const asked = { subjectId: anna, by: 'prn_captain', reason: 'anna.lind@example.org asked for it' };

describe('a token', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  it('opens with its key and subject, and with no other; a changed one opens with nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        bytes(KEY_BYTES),
        bytes(NONCE_BYTES),
        fc.nat(),
        (text, key, nonce, where) => {
          const token = tokenFor(anna, text, key, nonce);
          const other = Uint8Array.from(key, (byte, index) => (index === where % KEY_BYTES ? byte ^ 1 : byte));
          const sealed = Buffer.from(token.split(':')[3] ?? '', 'base64url');
          sealed[where % sealed.length]! ^= 1;
          return (
            valueBehind(token, anna, key) === text &&
            valueBehind(token, anna, other) === undefined &&
            valueBehind(token, 'sub_somebody-else' as SubjectId, key) === undefined &&
            valueBehind(token.replace(anna, 'sub_somebody-else'), 'sub_somebody-else' as SubjectId, key) ===
              undefined &&
            valueBehind(`pii:v1:${anna}:${sealed.toString('base64url')}`, anna, key) === undefined
          );
        },
      ),
    );
    expect(unseal('short', randomBytes(KEY_BYTES), 'x')).toBeUndefined();
    expect(valueBehind('no token', anna, randomBytes(KEY_BYTES))).toBeUndefined();
    expect(unseal(seal('x', Buffer.alloc(32), 'a', Buffer.alloc(12)), Buffer.alloc(32), 'b')).toBeUndefined();
  });
  it.each(['anna@example.org', 'sub_', 'sub_Anna Lind', 'sub_short', '../key', `sub_${'x'.repeat(61)}`])(
    'is for no subject named %s',
    (id) => {
      expect(SubjectId.safeParse(id).success).toBe(false);
    },
  );
});

describe('what is kept of a person', () => {
  it('says nothing by itself, and all of it on request', async () => {
    const { deps } = house();
    const [first, second] = await kept(deps);
    expect(`${first}${second}`).not.toMatch(/anna\.lind|1234567/);
    expect(await kept(deps, [mail])).not.toContain(first); // the same value twice cannot be told to be the same
    const at = '2026-11-20T12:00:00.000Z';
    expect(await access(anna, deps)).toMatchObject({
      status: 'known',
      createdAt: at,
      values: [{ ...mail, at, token: first }, { ...phone, at, token: second }, mail],
    });
    expect(await access('sub_nobody-known' as SubjectId, deps)).toBeUndefined();
  });
  it('is under one key, also when two begin at once', async () => {
    const { deps } = house();
    await Promise.all([kept(deps, [mail]), kept(deps, [phone]), kept(deps, [mail])]);
    const found = await access(anna, deps);
    expect(found?.status === 'known' && found.values.map(({ value }) => value).sort()).toEqual(
      [phone.value, mail.value, mail.value].sort(),
    );
  });
  it('is not guessed at under another master secret, nor kept under a short one', async () => {
    const { deps } = house();
    await kept(deps);
    await expect(access(anna, { ...deps, keys: masterKeyIn('x', secretIn('n'.repeat(48))) })).rejects.toMatchObject({
      name: 'KeyNotOpened',
    });
    await expect(kept(house('short').deps)).rejects.toThrow('too short');
  });
});

it('the audit has what people hand in as its digest only, however short', () => {
  const inputs = [{ name: 'feedback', content: mail.value }];
  const change = { eventId: '1', table: 'objectives', kind: 'INSERT' as const, atMs: 1, byTtl: false };
  for (const after of [
    { pk: 'obj_1', sk: 'inputs', inputs },
    { pk: 'obj_1', sk: 'inputs', inputs: { feedback: inputs[0] } },
  ]) {
    const text = JSON.stringify(factsOf({ ...change, after: after as never }, 'objectives'));
    expect(text).toContain('sha256');
    expect(text).not.toContain(mail.value);
  }
  const of = (content: string) => ({ pk: 'a', sk: 'b', content, inputs: { feedback: { content } } }) as never;
  const text = JSON.stringify(
    factsOf({ ...change, kind: 'MODIFY', before: of(mail.value), after: of(phone.value) }, 'objectives'),
  );
  expect(text).toContain('sha256');
  for (const { value } of [mail, phone]) expect(text).not.toContain(value);
});

describe('an erasure', () => {
  it('destroys the key and the values at once, and a second one changes nothing', async () => {
    const { deps, tables } = house();
    await kept(deps);
    const erased = await erase(asked, deps);
    expect(erased).toEqual({ subjectId: anna, erasedAt: '2026-11-20T12:00:00.000Z', valuesErased: 2 });
    expect(await erase(asked, { ...deps, now: () => new Date('2027-01-01') })).toEqual(erased);
    expect((await tables.query({ table: 'persons', pk: anna })).items).toEqual([
      {
        pk: anna,
        sk: 'key',
        createdAt: '2026-11-20T12:00:00.000Z',
        erasedAt: '2026-11-20T12:00:00.000Z',
        valuesErased: 2,
      },
    ]);
    expect(await access(anna, deps)).toMatchObject({ status: 'erased', erasedAt: '2026-11-20T12:00:00.000Z' });
    expect(await tokenise(anna, [mail], deps)).toEqual({ kind: 'erased' });
    expect(await erase({ ...asked, subjectId: 'sub_nobody-known' as SubjectId }, deps)).toBeUndefined();
  });
  it('wins over a value that is being kept meanwhile', async () => {
    const { deps } = house();
    await kept(deps);
    const slow = {
      ...deps,
      persons: {
        ...deps.persons,
        keep: async (...args: Parameters<typeof deps.persons.keep>) => {
          await erase(asked, deps);
          return deps.persons.keep(...args);
        },
      },
    };
    expect(await tokenise(anna, [phone], slow)).toEqual({ kind: 'erased' });
    expect(await deps.persons.values(anna)).toEqual([]);
  });

  it('leaves the audit whole and without anything that could be read again', async () => {
    const { deps, tables } = house();
    const tokens = await kept(deps);
    const wrapped = (await deps.persons.key(anna))?.wrapped ?? '';
    const [token = ''] = tokens;
    // what another room does with a token: it stands in an item whose every change is audited
    await tables.write([
      { table: 'safety', put: { pk: 'eff_1', sk: 'effect', target: token, why: `writes to ${token}` } },
    ]);
    await erase(asked, deps);
    await tables.write([
      { table: 'safety', update: { pk: 'eff_1', sk: 'effect' }, changes: { set: [['target', 'done']] } },
    ]);

    const changes = tables.changesAfter('safety', 0, 100).map(({ kind, before, after, seq }, index) => ({
      ...{
        eventId: String(seq ?? index),
        table: 'safety',
        kind: kind as 'INSERT',
        atMs: 1_000 + index,
        byTtl: false,
        before,
        after,
      },
    }));
    const audit = testAudit();
    expect(await recordChanges('safety', changes, audit.lanes, new Map())).toBe(3);
    const lines = await exportedLines(audit);
    const trail = lines.join('\n');
    const verifier = auditVerifier();
    for (const line of lines) verifier.feed(line);
    expect(verifier.report()).toMatchObject({ valid: true, entries: 3, faults: [] });

    expect(trail).toContain(token);
    expect(trail).toContain(`erasure#${anna}`);
    for (const gone of [mail.value, phone.value, wrapped, SECRET]) expect(trail).not.toContain(gone);
    // everything that is left, tried as a key on everything that is left
    const left = JSON.stringify([trail, (await tables.query({ table: 'persons', pk: anna })).items]);
    const pieces = [...new Set(left.match(/[A-Za-z0-9_-]{16,}/g))];
    const keys = await Promise.all(pieces.map((piece) => deps.keys.unwrap(piece, anna)));
    const raw = pieces.map((piece) => Buffer.from(piece, 'base64url')).filter((key) => key.length >= KEY_BYTES);
    for (const key of [...keys.filter((one) => one !== undefined), ...raw.map((one) => one.subarray(0, KEY_BYTES))])
      expect(tokens.map((one) => valueBehind(one, anna, key))).toEqual(tokens.map(() => undefined));
    // and the same search does find it while the key is there
    expect(await deps.keys.unwrap(wrapped, anna)).toBeDefined();
  });
});
