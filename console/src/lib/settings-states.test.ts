// What the settings page says of credentials and restores.
import { expect, it } from 'vitest';
import type { Credential, Restore } from '../settings-api.ts';
import { credentialLook, restoreSummary } from './settings-states.ts';

it.each([
  { status: 'ok', warning: null, word: 'Works' },
  { status: 'ok', warning: 'expiring', word: 'Ends soon' },
  { status: 'new', warning: 'expired', word: 'Ended' },
  { status: 'refused', warning: 'refused', word: 'Refused' },
])('a credential that is $status with the warning $warning: $word', ({ word, ...credential }) =>
  expect(credentialLook(credential as Credential).word).toBe(word),
);

it('adds up a restore, and names the rooms that are not as they were', () => {
  const room = (name: string, same: boolean) => ({ room: name, equal: 10, changed: 2, stricter: [], same });
  const rooms = [room('agents', true), room('safety', false)];
  expect(restoreSummary({ rooms } as never as Restore)).toEqual({ changed: 4, equal: 20, different: ['safety'] });
  expect(restoreSummary({} as Restore)).toEqual({ changed: 0, equal: 0, different: [] });
});
