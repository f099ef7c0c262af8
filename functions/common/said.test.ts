// What is said at a door comes in without what is nobody's business, and in one piece.
import { expect, it } from 'vitest';
import { CANARIES } from './mask.test-support.ts';
import { masked, quicklyMasked } from './mask.ts';
import { said, saidWhy } from './said.ts';

it.each(CANARIES)('$text comes in masked, and the same when it is said again', ({ text, secret }) => {
  const once = said(500).parse(text);
  expect(once).not.toContain(secret);
  expect(said(500).parse(once)).toBe(once);
  expect(quicklyMasked(text)).toBe(masked(text));
});

it('leaves plain words, ids and figures as they are', () => {
  for (const text of [
    'a drill',
    'obj_01ARZ3NDEKTSV4RRFFQ69G5FAV is stuck',
    '$50 for 3 shops',
    'GET https://api.example.org',
  ])
    expect(saidWhy(500).parse(` ${text} `)).toBe(text);
});

it('is never longer than it may be, and never nothing', () => {
  expect(said(11).parse('a@b.example').length).toBeLessThanOrEqual(11);
  expect(said(500).safeParse(' ').success).toBe(false);
  expect(saidWhy(500, 3).safeParse('no').error?.issues[0]?.message).toBe('a word on why');
});
