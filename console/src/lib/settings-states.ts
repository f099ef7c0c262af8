// The looks of what the settings page lists. Pure.
import type { Credential, Drill, Principal, Restore, Snapshot } from '../settings-api.ts';
import type { StateLook } from './states.ts';

const look = (word: string, tone: StateLook['tone'], icon: StateLook['icon'], why: string): StateLook => ({
  ...{ word, tone, icon, why },
});

const SNAPSHOT: Record<Snapshot['status'], StateLook> = {
  taking: look('Taking', 'blue', 'play', 'The rooms are being read.'),
  complete: look('Complete', 'green', 'check', 'It can be restored.'),
  failed: look('Failed', 'red', 'cross', 'It is not whole and cannot be restored.'),
};
const RESTORE: Record<Restore['status'], StateLook> = {
  running: look('Restoring', 'blue', 'play', 'The swarm is stopped meanwhile.'),
  complete: look('Restored', 'green', 'check', 'Everything was put back and compared.'),
  failed: look('Failed', 'red', 'cross', 'The swarm stays stopped until a captain has looked.'),
};
const PRINCIPAL: Record<Principal['status'], StateLook> = {
  active: look('Active', 'green', 'check', 'May come in.'),
  expired: look('Expired', 'grey', 'clock', 'The token has ended; a captain may rotate it.'),
  revoked: look('Revoked', 'grey', 'minus', 'Kept out for good.'),
};
const CREDENTIAL: Record<Credential['status'], StateLook> = {
  new: look('Not used yet', 'grey', 'clock', 'Nothing has used it so far.'),
  ok: look('Works', 'green', 'check', 'It worked when it was last used or renewed.'),
  refused: look('Refused', 'red', 'cross', 'The provider does not take it any more: replace it.'),
  wanted: look('Being replaced', 'blue', 'retry', 'A new one was asked for.'),
};
const WARNING: Record<NonNullable<Credential['warning']>, StateLook> = {
  expiring: look('Ends soon', 'amber', 'clock', 'Less than a week is left.'),
  overdue: look('Rotation overdue', 'amber', 'alert', 'It should have been replaced by now.'),
  expired: look('Ended', 'red', 'cross', 'It no longer works: replace it.'),
  refused: look('Refused', 'red', 'cross', 'The provider does not take it any more: replace it.'),
};

export const snapshotLook = ({ status }: Snapshot): StateLook => SNAPSHOT[status];
export const restoreLook = ({ status }: Restore): StateLook => RESTORE[status];
export const principalLook = ({ status }: Principal): StateLook => PRINCIPAL[status];
/** What is wrong comes before what is right. */
export const credentialLook = ({ status, warning }: Credential): StateLook =>
  warning ? WARNING[warning] : CREDENTIAL[status];
export const drillLook = ({ result }: Drill): StateLook =>
  result === 'passed'
    ? look('Passed', 'green', 'check', 'Every action that was done was undone, and compared.')
    : look('Failed', 'red', 'cross', 'Something could not be undone: its action needs a person until that is mended.');

/** What a restore says in one line. */
export function restoreSummary({ rooms = [] }: Restore): { changed: number; equal: number; different: string[] } {
  const sum = (name: 'changed' | 'equal') => rooms.reduce((total, room) => total + room[name], 0);
  return {
    changed: sum('changed'),
    equal: sum('equal'),
    different: rooms.filter(({ same }) => !same).map(({ room }) => room),
  };
}
