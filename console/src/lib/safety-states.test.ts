// What kills and votes are called.
import { expect, it } from 'vitest';
import { ballotLook, decisionLook, killLook } from './safety-states.ts';

it.each([
  [{ status: 'containing' }, 'Containing'],
  [{ status: 'contained' }, 'Contained'],
  [{ status: 'contained', resumedAt: '2026-11-20T12:00:00Z' }, 'Contained, resumed'],
  [{ status: 'lifted', resumedAt: '2026-11-20T12:00:00Z' }, 'Lifted'],
])('the kill %o is %s', (kill, word) => expect(killLook(kill).word).toBe(word));

it.each([
  [{ accepts: ['eff_1'], abstains: false }, 'Agrees'],
  [{ accepts: [], abstains: false }, 'Against'],
  [{ accepts: [], abstains: true }, 'Abstains'],
])('the vote %o says %s', (ballot, word) => expect(ballotLook(ballot).word).toBe(word));

it('says a state it does not know in its own words', () =>
  expect(decisionLook('put_off')).toMatchObject({ word: 'put off', tone: 'grey' }));
