// One text for one value.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonical, canonicalDigest } from './canonical.ts';

it('members are sorted by their names and left out when undefined; lists keep their order', () => {
  const value = { b: [2, 1, { d: null, c: undefined }], a: 'x', A: true, aa: {} };
  expect(canonical(value)).toBe('{"A":true,"a":"x","aa":{},"b":[2,1,{"d":null}]}');
});

it('the text is the same whatever order the members came in, and says all that the value says', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(canonical(reversed)).toBe(canonical(value));
      expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it('its digest is the sha256 of that text', () => {
  expect(canonicalDigest({ b: 1, a: 2 })).toBe(createHash('sha256').update('{"a":2,"b":1}').digest('hex'));
});
