// Personal data: kept as tokens that only a person's own key opens, shown on request, erased by destroying that key.
import { maskedQuotation } from '../common/mask.ts';
import type { KeyWrap } from './master-key.client.ts';
import { type SubjectId, tokenFor, valueBehind } from './personal-token.ts';
import type { KeptValue, PersonKey, Persons } from './persons.store.ts';

export type PrivacyDeps = {
  persons: Persons;
  keys: KeyWrap;
  /** where the record of an erasure goes, which the audit reads */
  safetyTable: string;
  newKey: () => Uint8Array;
  newNonce: () => Uint8Array;
  newPlace: () => string;
  now: () => Date;
};
export type PersonalValue = { field: string; value: string; purpose: string };
export type Access =
  | { status: 'known'; createdAt: string; values: (PersonalValue & { at: string; token: string })[] }
  | { status: 'erased'; createdAt: string; erasedAt: string };

/** Someone wrapped this key under another master secret: its values cannot be read, and nothing is guessed. */
export class KeyNotOpened extends Error {
  override name = 'KeyNotOpened';
}

/** The tokens of these values, in their order. A subject gets its key with its first value; an erased one gets none. */
export async function tokenise(
  subjectId: SubjectId,
  values: readonly PersonalValue[],
  deps: PrivacyDeps,
): Promise<{ kind: 'kept'; tokens: string[] } | { kind: 'erased' }> {
  const key = await keyFor(subjectId, deps);
  if (!key) return { kind: 'erased' };
  const at = deps.now().toISOString();
  const kept = values.map(
    ({ field, value, purpose }): KeptValue => ({
      ...{ place: deps.newPlace(), field, purpose, at },
      token: tokenFor(subjectId, value, key, deps.newNonce()),
    }),
  );
  if ((await deps.persons.keep(subjectId, kept)) === 'erased') return { kind: 'erased' };
  return { kind: 'kept', tokens: kept.map(({ token }) => token) };
}

async function keyFor(subjectId: SubjectId, deps: PrivacyDeps): Promise<Uint8Array | undefined> {
  const { persons, keys, newKey, now } = deps;
  let known = await persons.key(subjectId);
  if (!known) {
    const wrapped = await keys.wrap(newKey(), subjectId);
    known = await persons.addKey(subjectId, { wrapped, createdAt: now().toISOString() });
  }
  return open(subjectId, known, deps);
}

async function open(subjectId: SubjectId, { wrapped }: PersonKey, { keys }: PrivacyDeps) {
  if (wrapped === undefined) return undefined;
  const key = await keys.unwrap(wrapped, subjectId);
  if (!key) throw new KeyNotOpened(`The key of ${subjectId} was wrapped under another master secret`);
  return key;
}

/** All that is kept of a person, readable: the answer to a request for access. Nothing for a subject nobody knows. */
export async function access(subjectId: SubjectId, deps: PrivacyDeps): Promise<Access | undefined> {
  const known = await deps.persons.key(subjectId);
  if (!known) return undefined;
  const { createdAt, erasedAt } = known;
  const key = await open(subjectId, known, deps);
  if (!key) return { status: 'erased', createdAt, erasedAt: erasedAt ?? '' };
  const kept = await deps.persons.values(subjectId);
  const values = kept.map(({ field, purpose, at, token }) => ({
    ...{ field, purpose, at, token },
    value: valueBehind(token, subjectId, key) ?? '[unreadable]',
  }));
  return { status: 'known', createdAt, values };
}

export type Erasure = { subjectId: SubjectId; erasedAt: string; valuesErased: number };

/**
 * Destroys the key at once: every token of the subject, wherever it was copied to, is noise from then on. The audit keeps
 * the tokens and its chain; it gets a record that says when, by whom and why. Doing it again changes nothing.
 */
export async function erase(
  { subjectId, by, reason }: { subjectId: SubjectId; by: string; reason: string },
  deps: PrivacyDeps,
): Promise<Erasure | undefined> {
  const { persons, now, safetyTable } = deps;
  const known = await persons.key(subjectId);
  if (!known) return undefined;
  const tombstone = { erasedAt: now().toISOString(), valuesErased: (await persons.values(subjectId)).length };
  // A reason may name the person: what identifies anybody is masked before it is kept for good.
  const put = { pk: `erasure#${subjectId}`, sk: 'erasure', subjectId, ...tombstone, by, why: maskedQuotation(reason) };
  const erased = await persons.erase(subjectId, tombstone, { table: safetyTable, put });
  // Asked again: what came in between has no key any more, and what an earlier try left behind goes now.
  await persons.forget(subjectId, await persons.values(subjectId));
  if (erased) return { subjectId, ...tombstone };
  const before = await persons.key(subjectId);
  return { subjectId, erasedAt: before?.erasedAt ?? '', valuesErased: before?.valuesErased ?? 0 };
}
