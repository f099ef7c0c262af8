// What an event means for notices, carried out.
import { type AnswerDeps, resolveKey } from './answer-notice.ts';
import { type BusEvent, type Meaning, meaningOf } from './notice-of-event.ts';
import { type RaiseDeps, raise } from './raise-notice.ts';
import { sweepNotices } from './sweep-notices.ts';

const TRIES_MAX = 5;
const PASSING = ['TableBusy', 'TableOutcomeUnknown'];

/** One after the other: a crash between them is followed by all of them once more, which changes nothing. */
export async function takeEvent(event: BusEvent, deps: RaiseDeps & AnswerDeps): Promise<object[]> {
  const done: object[] = [];
  for (const meaning of meaningOf(event)) done.push(await insist(() => carryOut(meaning, deps)));
  return done;
}

/** At once again while the table is busy: the event itself comes only twice more, and then nobody is told at all. */
async function insist<T>(act: () => Promise<T>, triesLeft = TRIES_MAX): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (triesLeft <= 1 || !PASSING.includes((error as Error).name)) throw error;
    return insist(act, triesLeft - 1);
  }
}

async function carryOut(meaning: Meaning, deps: RaiseDeps & AnswerDeps): Promise<object> {
  if (meaning.kind === 'raise') return raise(meaning.wanted, deps);
  if (meaning.kind === 'sweep') return sweepNotices(deps);
  if (meaning.kind === 'nothing') return meaning;
  const { kind } = await resolveKey(meaning.key, meaning.end, deps);
  return { kind };
}
