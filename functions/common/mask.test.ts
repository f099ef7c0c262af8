// Persons and secrets do not get through; ids, times, figures and ordinary words do.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CANARIES } from './mask.test-support.ts';
import { maskError, masked, maskedQuotation, maskMember } from './mask.ts';

describe('a log line', () => {
  it.each(CANARIES)('does not hold $secret', ({ text, secret }) => {
    expect(text).toContain(secret);
    expect(masked(text)).not.toContain(secret);
    expect(masked(`before ${text} after`)).toMatch(/^before .* after$/s);
  });

  it.each([
    'obj_01KAF3Z7Q0000123456789ABCD',
    'tsk_01234567890123456789012345_0001',
    '2026-11-20T10:12:34.123Z',
    'at 1763634754000 ms after 86400000 ms',
    '7f3c1234-5678-9012-3456-123456789012',
    'arn:aws:lambda:eu-west-1:123456789012:function:LazyArk-Dispatch',
    'arn:aws:sts::000000000000:assumed-role/LazyArk-dev',
    'https://sqs.eu-west-1.amazonaws.com/123456789012/LazyArk-Timer',
    'Task timed out after 30.00 seconds',
    'expected a whole number, got 4111111111111112',
    `${'a1b2c3d4'.repeat(8)}`,
    'version 10.20.30-4, 3.5 %, $0.10, 1,234,567 rows',
    'tokens: 12, tokensUsed=1200000',
  ])('keeps %s', (text) => {
    expect(masked(text)).toBe(text);
  });

  it('is masked once: a second time changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...CANARIES.map(({ text }) => text), ' ', 'word', '\n')), (parts) => {
        const once = masked(parts.join(' '));
        expect(masked(once)).toBe(once);
      }),
    );
  });

  it('takes time in proportion to its length, whatever is in it', () => {
    for (const piece of [
      'a',
      '0',
      '0 ',
      '+0',
      'A1',
      '4',
      '@',
      'a@',
      '-----BEGIN PRIVATE KEY-----',
      'token',
      '://',
      '(0',
    ]) {
      const startedMs = performance.now();
      masked(piece.repeat(20_000 / piece.length));
      expect([piece, performance.now() - startedMs < 1_500]).toEqual([piece, true]);
    }
  });
});

it('a field that is named as a secret is one, and a number may be a card', () => {
  expect(JSON.stringify({ password: 'x', taskToken: 'y', tokens: 5, note: 'fine' }, maskMember)).toBe(
    '{"password":"[secret]","taskToken":"[secret]","tokens":5,"note":"fine"}',
  );
  expect(maskMember('amount', 4_111_111_111_111_111)).toBe('[card]');
  expect(maskMember('amount', 4_111_111_111_111_112)).toBe(4_111_111_111_111_112);
});

it('an error is masked with its causes and keeps its name', () => {
  const error = new RangeError('for anna@example.org', { cause: new Error('by anna@example.org') });
  Object.assign(error, { detail: 'to anna@example.org' });
  maskError(error);
  expect([error.name, error.message, (error.cause as Error).message]).toEqual([
    'RangeError',
    'for [e-mail]',
    'by [e-mail]',
  ]);
  expect(JSON.stringify(error) + error.stack).not.toContain('anna@');
  expect(() => maskError(Object.freeze(new Error('x')))).not.toThrow();
});

it('a quotation loses links, handles and long numbers as well', () => {
  expect(maskedQuotation('see https://x.org/a or @anna, order 1234567')).toBe('see [link] or [name], order [number]');
});
