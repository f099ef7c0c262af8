// What stream records of effects say about how agents behave. Pure; reads only the few attributes that it needs.
import type { DynamoDBRecord } from 'aws-lambda';
import { isEndedByOthers } from './effect.ts';
import type { AgentFact } from './watch-behaviour.ts';

type Attributes = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;

/** Being told to do a task is not the agent's own act; everything else that it proposes is. */
const GIVEN = 'task.execute';

export const factsIn = (records: readonly DynamoDBRecord[]): AgentFact[] =>
  records.flatMap((record) => factIn(record) ?? []);

/** Nothing for what belongs to no agent, or has not moved. */
export function factIn({ eventID = '', dynamodb }: DynamoDBRecord): AgentFact | undefined {
  const { NewImage: after, OldImage: before } = dynamodb ?? {};
  const agentId = after?.scope?.M?.agentId?.S;
  if (dynamodb?.Keys?.sk?.S !== 'effect' || !after || !agentId) return undefined;
  if (before?.status?.S === after.status?.S) return undefined;
  const kind = kindOf(after);
  const atMs = Date.parse((kind === 'failed' || kind === 'succeeded' ? after.settledAt?.S : after.at?.S) ?? '');
  if (kind === undefined || Number.isNaN(atMs)) return undefined;
  const impact = after.impact?.M ?? {};
  return {
    ...{ agentId, eventId: eventID, atMs, kind, operation: after.scope?.M?.objectiveId?.S ?? '' },
    ...{ calls: Number(impact.apiCalls?.N ?? 0), spendCents: Number(impact.spendCents?.N ?? 0) },
  };
}

function kindOf({ status, action, outcome }: Attributes): AgentFact['kind'] | undefined {
  switch (status?.S) {
    case 'executing':
      return action?.S === GIVEN ? 'task_started' : 'acted';
    case 'denied':
      return 'refused';
    case 'confirmed':
      return 'succeeded';
    case 'failed':
      return isEndedByOthers(outcome?.S) ? undefined : 'failed';
    default:
      return undefined;
  }
}
