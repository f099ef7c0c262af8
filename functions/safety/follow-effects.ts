// Tells the bus what became of effects that somebody waits for. What is cleared and done at once is told to nobody.
import type { DynamoDBRecord } from 'aws-lambda';
import type { Announce } from '../common/announce.ts';
import { unmarshalItem } from '../common/table-marshal.ts';
import type { Effect } from './effect.ts';
import { asEffect } from './effect-item.ts';
import { EffectCleared, EffectHeld, EffectRefused, EffectUnknown } from './events.ts';

export type FollowDeps = { announce: Announce };
type Stored = Effect & { vetoedBy?: string };
export type EffectChange = { before?: Stored; after: Stored };

/** One after the other, in the order of the stream; announced twice when a batch comes again, which changes nothing. */
export async function followEffects(records: readonly DynamoDBRecord[], { announce }: FollowDeps): Promise<number> {
  let told = 0;
  for (const record of records) {
    if (!mayBeNews(record)) continue;
    const change = effectChangeIn(record);
    const news = change && newsOf(change);
    if (!change || !news) continue;
    const facts = factsOf(change.after, new Date((record.dynamodb?.ApproximateCreationDateTime ?? 0) * 1_000));
    if (news === 'held') await announce(EffectHeld, { ...facts, ...heldFacts(change.after) });
    else await announce(EVENTS[news], facts);
    told += 1;
  }
  return told;
}

/** Most records say that something was cleared or done: those are not even read. */
function mayBeNews({ dynamodb }: DynamoDBRecord): boolean {
  const { status, vetoedBy } = dynamodb?.NewImage ?? {};
  return vetoedBy !== undefined || NEWS.has(status?.S ?? '');
}

const NEWS = new Set(['held', 'cleared', 'denied', 'unknown']);
const EVENTS = { cleared: EffectCleared, refused: EffectRefused, unknown: EffectUnknown } as const;

/** What a change of an effect is to others. */
export function newsOf({ before, after }: EffectChange): 'held' | keyof typeof EVENTS | undefined {
  const isVetoed = after.vetoedBy !== undefined && before?.vetoedBy === undefined;
  if (isVetoed && after.status === 'failed') return 'refused';
  if (before?.status === after.status && before.digest === after.digest) return undefined;
  if (after.status === 'held') return after.needs.length > 0 ? 'held' : undefined;
  if (after.status === 'cleared') return before?.status === 'held' ? 'cleared' : undefined;
  if (after.status === 'denied') return before && !after.passing ? 'refused' : undefined;
  return after.status === 'unknown' ? 'unknown' : undefined;
}

export function effectChangeIn({ dynamodb }: DynamoDBRecord): EffectChange | undefined {
  if (dynamodb?.Keys?.sk?.S !== 'effect' || !dynamodb.NewImage) return undefined;
  const imageOf = (image: object) => asEffect(unmarshalItem(image as never)) as Stored;
  return { after: imageOf(dynamodb.NewImage), before: dynamodb.OldImage && imageOf(dynamodb.OldImage) };
}

const factsOf = ({ effectId, intentKey, action, scope, reason, outcome }: Stored, at: Date) => ({
  effectId,
  intentKey,
  action,
  scope,
  reason: outcome ?? reason,
  at: at.toISOString(),
});

const heldFacts = ({ needs, digest, target, impact, confidence }: Stored) => ({
  needs,
  digest,
  target,
  impact,
  confidence,
});

const ENDS_FOR_STAGES = ['shadowed', 'denied', 'confirmed', 'failed'];

/** Effects whose stage may have to know: those that reached an end just now. */
export const stagedEffectsIn = (records: readonly DynamoDBRecord[]): Stored[] =>
  records
    .filter(({ dynamodb }) => {
      const [now, before] = [dynamodb?.NewImage?.status?.S ?? '', dynamodb?.OldImage?.status?.S];
      return now !== before && ENDS_FOR_STAGES.includes(now);
    })
    .flatMap((record) => effectChangeIn(record)?.after ?? []);
