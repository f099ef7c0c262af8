import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configFolder, readConfig } from '../common/config.ts';
import {
  Catalogue,
  type Credential,
  type CredentialState,
  chooseFromPool,
  needsRefresh,
  refreshDueMs,
  warningOf,
} from './credential.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const NOW = Date.parse('2026-06-01T00:00:00.000Z');
const at = (ms: number) => new Date(ms).toISOString();
const oauth2 = { tokenUrl: 'https://id.example.com/token', grant: 'client_credentials' } as const;
const credential = (more: object = {}): Credential =>
  Catalogue.parse([{ name: 'a', kind: 'api-key', provider: 'x', rotateEveryDays: 90, ...more }])[0] as Credential;
const state = (more: Partial<CredentialState> = {}): CredentialState => ({ name: 'a', status: 'ok', ...more });

describe('a token is refreshed', () => {
  it.each([
    { life: 60, due: 48 },
    { life: 30, due: 24 },
    { life: 10, due: 5 },
    { life: 6, due: 1 },
    { life: 5, due: 4 },
    { life: 1, due: 0.8 },
  ])('of $life minutes after $due minutes', ({ life, due }) => {
    expect(refreshDueMs(NOW, NOW + life * MINUTE)).toBe(NOW + due * MINUTE);
  });

  it('always before its end and never before its beginning', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 * DAY }), (lifeMs) => {
        const due = refreshDueMs(NOW, NOW + lifeMs);
        expect(due).toBeGreaterThanOrEqual(NOW);
        expect(due).toBeLessThan(NOW + lifeMs);
      }),
    );
  });

  it.each([
    { what: 'one that was never asked for', known: undefined, then: true },
    {
      what: 'one that somebody wants anew',
      known: state({ status: 'wanted', issuedAt: at(NOW), expiresAt: at(NOW + DAY) }),
      then: true,
    },
    { what: 'one that is fresh', known: state({ issuedAt: at(NOW), expiresAt: at(NOW + DAY) }), then: false },
    { what: 'one that is due', known: state({ issuedAt: at(NOW - DAY), expiresAt: at(NOW + MINUTE) }), then: true },
    { what: 'one that the provider refused', known: state({ status: 'refused' }), then: false },
  ])('$what -> $then', ({ known, then }) => {
    expect(needsRefresh(credential({ kind: 'oauth2', oauth2 }), known, NOW)).toBe(then);
  });
});

describe('people are told', () => {
  const inDays = (days: number) => at(NOW + days * DAY);
  it.each([
    { what: 'nothing of a key 8 days before its end', of: { expiresAt: inDays(8) }, known: state(), then: undefined },
    { what: 'of a key 7 days before its end', of: { expiresAt: inDays(7) }, known: state(), then: 'expiring' },
    { what: 'of a key at its end', of: { expiresAt: inDays(0) }, known: state(), then: 'expired' },
    { what: 'of a key to replace in a week', of: {}, known: state({ rotatedAt: inDays(-83) }), then: 'expiring' },
    { what: 'nothing of a key of 82 days', of: {}, known: state({ rotatedAt: inDays(-82) }), then: undefined },
    {
      what: 'nothing of a token that rotates today',
      of: { kind: 'token', rotateEveryDays: 30 },
      known: state({ rotatedAt: inDays(-30) }),
      then: undefined,
    },
    {
      what: 'of a token whose rotation did not run',
      of: { kind: 'token', rotateEveryDays: 30 },
      known: state({ rotatedAt: inDays(-31) }),
      then: 'overdue',
    },
    {
      what: 'of an access that ended',
      of: { kind: 'oauth2', oauth2 },
      known: state({ expiresAt: at(NOW) }),
      then: 'expired',
    },
    {
      what: 'nothing of an access of this hour',
      of: { kind: 'oauth2', oauth2 },
      known: state({ expiresAt: at(NOW + 1) }),
      then: undefined,
    },
    {
      what: 'of one that was refused, before all else',
      of: { expiresAt: inDays(1) },
      known: state({ status: 'refused' }),
      then: 'refused',
    },
    { what: 'nothing of one that nobody has looked at yet', of: {}, known: undefined, then: undefined },
  ])('$what', ({ of, known, then }) => {
    expect(warningOf(credential(of), known, NOW)?.urgency).toBe(then);
  });
});

describe('of a pool', () => {
  it('the least used that works is chosen, the same one for everybody', () => {
    const states = [state({ name: 'b', uses: 1 }), state({ name: 'a', uses: 1 }), state({ name: 'c', uses: 2 })];
    expect(chooseFromPool(states, NOW)).toEqual({ kind: 'chosen', name: 'a' });
    expect(chooseFromPool(states.toReversed(), NOW)).toEqual({ kind: 'chosen', name: 'a' });
  });

  it('none is chosen that was refused or has ended, and the reasons are told', () => {
    const states = [
      state({ name: 'a', status: 'refused', reason: 'invalid_client' }),
      state({ name: 'b', expiresAt: at(NOW) }),
      state({ name: 'c', status: 'new' }),
    ];
    const why = [
      { name: 'a', reason: 'invalid_client' },
      { name: 'b', reason: 'expired' },
      { name: 'c', reason: 'not there yet' },
    ];
    expect(chooseFromPool(states, NOW)).toEqual({ kind: 'none', why });
    expect(chooseFromPool([...states, state({ name: 'd', uses: 99 })], NOW)).toEqual({ kind: 'chosen', name: 'd' });
  });
});

describe('the catalogue', () => {
  it('that is shipped can be read', () => {
    expect(readConfig('credentials.yaml', Catalogue, configFolder()).map(({ name }) => name)).toEqual([
      'operator-token',
      'channels',
    ]);
  });

  it.each([
    { what: 'an interval nobody agreed on', of: { rotateEveryDays: 45 }, path: ['rotateEveryDays'] },
    { what: 'an oauth2 credential without its provider', of: { kind: 'oauth2' }, path: ['oauth2'] },
    { what: 'a key with a token address', of: { oauth2 }, path: ['oauth2'] },
    { what: 'a value', of: { value: 'secret' }, path: [] },
    {
      what: 'an address in another scheme',
      of: { kind: 'oauth2', oauth2: { ...oauth2, tokenUrl: 'file:///x' } },
      path: ['oauth2', 'tokenUrl'],
    },
  ])('refuses $what', ({ of, path }) => {
    const one = { name: 'a', kind: 'api-key', provider: 'x', rotateEveryDays: 90, ...of };
    expect(Catalogue.safeParse([one]).error?.issues[0]?.path).toEqual([0, ...path]);
  });

  it('refuses a name used twice', () => {
    const one = { name: 'a', kind: 'api-key', provider: 'x', rotateEveryDays: 90 };
    expect(Catalogue.safeParse([one, one]).error?.issues[0]?.path).toEqual([1, 'name']);
  });
});
