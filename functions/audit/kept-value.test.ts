// What may be in an entry: nobody can take it out again.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CANARIES } from '../common/mask.test-support.ts';
import { change } from './audit.test-support.ts';
import { factsOf } from './change-facts.ts';
import { keptMember } from './kept-value.ts';

const entry = (after: Record<string, unknown>) =>
  JSON.stringify(factsOf(change(1, { kind: 'INSERT', before: undefined, after: { pk: 'p', sk: 's', ...after } }), 'x'));

describe('an entry', () => {
  it.each(CANARIES)('does not hold the secret or the person in “$text”, wherever it stands', ({ text, secret }) => {
    for (const after of [
      { note: text },
      { list: [text] },
      { deep: { deeper: { deepest: { note: text } } } },
      { bare: secret, why: text },
      { names: new Set([text]) },
    ]) {
      if ('bare' in after) expect(entry({ why: text })).not.toContain(secret);
      else expect(entry(after)).not.toContain(secret);
    }
  });

  it.each(['accessToken', 'clientSecret', 'password', 'apiKey', 'fence'])(
    'holds of %s the digest, which tells one from another',
    (name) => {
      const secret = 'correct-horse-battery-staple';
      const text = entry({ [name]: secret, deep: { list: [{ [name]: secret }] } });
      expect(text).not.toContain(secret);
      expect(text.split('"sha256"')).toHaveLength(3);
      expect(keptMember(name, secret)).not.toEqual(keptMember(name, `${secret}!`));
      expect(keptMember(name, '1234')).toBe('[secret]');
    },
  );

  it('keeps what is nobody’s: ids, states, times, figures, and words', () => {
    for (const value of [
      'obj_01M7W9HMGT9834C3VRZZGSRNQZ',
      '2026-03-01T10:00:00.000Z',
      'running',
      'objectives/dispatch-tasks',
      'allowed by allow task.execute',
      17,
      true,
      null,
    ])
      expect(keptMember('value', value)).toEqual(value);
  });

  it('digests what is long enough not to be guessed, by the bytes it has', () => {
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(keptMember('password', 'x'.repeat(15))).toBe('[secret]');
    expect(keptMember('password', 'x'.repeat(16))).toEqual({ sha256: sha256('x'.repeat(16)), bytes: 16 });
    expect(keptMember('password', 'é'.repeat(16))).toEqual({ sha256: sha256('é'.repeat(16)), bytes: 32 });
    expect(keptMember('content', 'what somebody has handed in')).toMatchObject({ bytes: 27 });
    expect(keptMember('password', 7)).toBe(7);
  });

  it('reads sets in order', () => {
    expect(keptMember('names', new Set(['b', 'a']))).toEqual(['a', 'b']);
  });

  it('knows the name of a secret by its end, in small and in capitals', () => {
    for (const name of ['aPassword', 'passphrase', 'CLIENT_SECRET', 'clientSecret', 'refreshToken', 'x-api-key'])
      expect(keptMember(name, 'x')).toBe('[secret]');
    for (const name of ['note', 'passwordHint', 'secretary', 'tokens', '']) expect(keptMember(name, 'x')).toBe('x');
  });
});
