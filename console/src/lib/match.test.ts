// The palette finds what is meant and puts the best line first.
import { expect, it } from 'vitest';
import { matchScore } from './match.ts';

it.each([
  ['', 'Agents', true],
  ['age', 'Agents', true],
  ['sub obj', 'Submit an objective', true],
  ['ovw', 'Overview', true],
  ['zebra', 'Overview', false],
])('"%s" in "%s": %s', (typed, line, found) => expect(matchScore(typed, line) > 0).toBe(found));

it('puts beginnings before middles', () =>
  expect(matchScore('kill', 'Kill everything')).toBeGreaterThan(matchScore('kill', 'Overkill')));
