// What an event means for notices, carried out.
import { type AnswerDeps, resolveKey } from './answer-notice.ts';
import { type BusEvent, meaningOf } from './notice-of-event.ts';
import { type RaiseDeps, raise } from './raise-notice.ts';
import { sweepNotices } from './sweep-notices.ts';

export async function takeEvent(event: BusEvent, deps: RaiseDeps & AnswerDeps): Promise<object> {
  const meaning = meaningOf(event);
  if (meaning.kind === 'raise') return raise(meaning.wanted, deps);
  if (meaning.kind === 'sweep') return sweepNotices(deps);
  if (meaning.kind === 'nothing') return meaning;
  const { kind } = await resolveKey(meaning.key, meaning.by, meaning.note, deps);
  return { kind };
}
