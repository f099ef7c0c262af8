// The states of kills, effects, decisions, votes and notices, each with its word, tone and icon.
import type { StateLook } from './states.ts';

const look = (word: string, tone: StateLook['tone'], icon: StateLook['icon'], why: string): StateLook => ({
  word,
  tone,
  icon,
  why,
});

const KILL: Record<string, StateLook> = {
  containing: look('Containing', 'amber', 'clock', 'Nothing new starts; what ran is being taken back.'),
  contained: look('Contained', 'green', 'shield', 'Every point confirmed, and nothing in flight executes.'),
  lifted: look('Lifted', 'grey', 'play', 'It was resumed before everything had confirmed.'),
};
const RESUMED = look('Contained, resumed', 'grey', 'play', 'It was contained; a person has resumed since.');

const FATE: Record<string, StateLook> = {
  finished: look('Finished', 'green', 'check', 'It was over before it could be stopped; its result is kept.'),
  stopped: look('Stopped', 'grey', 'stop', 'It was taken back; a late answer is refused.'),
  unknown: look('Unknown', 'amber', 'alert', 'Nobody knows whether it happened; it is looked up.'),
  open: look('Open', 'amber', 'clock', 'It still executes.'),
};

const DECISION: Record<string, StateLook> = {
  gathering: look('Gathering', 'grey', 'inbox', 'Proposals that exclude each other still join; then the vote begins.'),
  open: look('Open', 'amber', 'clock', 'Votes are taken.'),
  approved: look('Approved', 'green', 'check', 'It may be carried out.'),
  rejected: look('Rejected', 'red', 'cross', 'It will not be carried out.'),
  expired: look('Expired', 'grey', 'clock', 'Nobody decided in time, so it is not carried out.'),
  vetoed: look('Vetoed', 'red', 'stop', 'The captain’s word stands above the votes.'),
};

const EFFECT: Record<string, StateLook> = {
  denied: look('Denied', 'red', 'cross', 'It was not done.'),
  shadowed: look('Shadow only', 'grey', 'minus', 'It was only noted, not done.'),
  held: look('Held', 'amber', 'clock', 'It waits for votes or a person.'),
  cleared: look('Cleared', 'blue', 'hand', 'It may be done; whoever owns it begins.'),
  executing: look('Executing', 'blue', 'play', 'It is being done.'),
  confirmed: look('Done', 'green', 'check', 'It was done.'),
  failed: look('Failed', 'red', 'cross', 'It was not done, or not to its end.'),
  unknown: look('Unknown', 'amber', 'alert', 'Nobody knows whether it happened; it is looked up.'),
  reversed: look('Reversed', 'grey', 'retry', 'It was done and then undone.'),
};

const SEVERITY: Record<string, StateLook> = {
  critical: look('Critical', 'red', 'stop', 'Everything else waits.'),
  error: look('Error', 'red', 'alert', 'Something failed and does not mend itself.'),
  warning: look('Warning', 'amber', 'alert', 'Something will fail if nobody looks.'),
  info: look('Info', 'blue', 'inbox', 'Good to know.'),
};

const other = (word: string): StateLook =>
  look(word.replaceAll('_', ' '), 'grey', 'minus', 'A state this console does not know.');

export const killLook = ({ status, resumedAt }: { status: string; resumedAt?: string }): StateLook =>
  status === 'contained' && resumedAt ? RESUMED : (KILL[status] ?? other(status));
export const fateLook = (fate: string): StateLook => FATE[fate] ?? other(fate);
export const decisionLook = (status: string): StateLook => DECISION[status] ?? other(status);
export const effectLook = (status: string): StateLook => EFFECT[status] ?? other(status);
export const severityLook = (severity: string): StateLook => SEVERITY[severity] ?? other(severity);

type Ballot = { accepts: readonly string[]; abstains: boolean };
const AGREES = look('Agrees', 'green', 'check', 'For it.');
const AGAINST = look('Against', 'red', 'cross', 'A person’s no is final.');
const ABSTAINS = look('Abstains', 'grey', 'minus', 'Takes part without a word for or against.');

/** What a vote says: agreeing to none is a no. */
export function ballotLook({ accepts, abstains }: Ballot): StateLook {
  if (abstains) return ABSTAINS;
  return accepts.length > 0 ? AGREES : AGAINST;
}
