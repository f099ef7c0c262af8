// The table port on DynamoDB.
//
// It retries by itself, because the SDK cannot know what is safe: a plain write whose answer was lost must not be sent
// again (an `add` would count twice, a condition would fail on its own success), so it becomes TableOutcomeUnknown. A
// transaction may be sent again, because its ClientRequestToken makes DynamoDB answer the first outcome for ten minutes.
// That is all the token is for; across processes and restarts, conditions give idempotency.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Condition, Item, Key, Page, Query, Tables, Write, WriteOutcome } from './table.ts';
import { type Position, readCursor, writeCursor } from './table-cursor.ts';
import { judgeFailure, portError } from './table-dynamodb-errors.ts';
import { conditionExpression, keyExpression, Placeholders, updateExpression } from './table-expressions.ts';
import { checkQuery, keyOf } from './table-limits.ts';
import { marshalItem, unmarshalItem } from './table-marshal.ts';

const ATTEMPTS_MAX = 4;
const BACKOFF_MS = 25;

type Pause = (milliseconds: number) => Promise<unknown>;

/** The port on a plain client whose own retries are off (`maxAttempts: 1`). `pause` is for tests. */
export function dynamoTables(client: Pick<DynamoDBClient, 'send'>, pause: Pause = delay): Tables {
  return {
    async get(table, { pk, sk }, options) {
      const input = { TableName: table, Key: marshalItem({ pk, sk }), ConsistentRead: options?.eventually !== true };
      const { Item } = await attempt(() => client.send(new GetItemCommand(input)), 'read', pause);
      return Item && unmarshalItem(Item);
    },
    async query(query) {
      const input = queryInput(query);
      const answer = await attempt(() => client.send(new QueryCommand(input)), 'read', pause);
      return pageOf(query, answer.Items ?? [], answer.LastEvaluatedKey);
    },
    async write(writes) {
      const [only] = writes;
      if (only && writes.length === 1 && !('check' in only)) return writeOne(client, only, pause);
      return writeTogether(client, writes, pause);
    },
  };
}

/** Sends until it works, is refused for good, or four attempts are used up. */
async function attempt<T>(send: () => Promise<T>, kind: 'read' | 'write' | 'transaction', pause: Pause): Promise<T> {
  let unanswered: unknown;
  for (let attempts = 1; ; attempts++) {
    try {
      return await send();
    } catch (error) {
      const judgement = judgeFailure(error);
      if (judgement === 'unknown') unanswered = error;
      const safe = judgement === 'refused' || (judgement === 'unknown' && kind !== 'write');
      if (judgement === 'final') throw portError(error, kind !== 'read');
      if (!safe || attempts === ATTEMPTS_MAX) throw portError(unanswered ?? error, kind !== 'read');
      await pause(Math.random() * BACKOFF_MS * 4 ** attempts);
    }
  }
}

async function writeOne(client: Pick<DynamoDBClient, 'send'>, write: Write, pause: Pause): Promise<WriteOutcome> {
  try {
    const after = await attempt(() => sendOne(client, write), 'write', pause);
    return { written: true, items: [after] };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    const { Item } = error as { Item?: Record<string, AttributeValue> };
    return { written: false, refused: [{ index: 0, found: Item && unmarshalItem(Item) }] };
  }
}

async function sendOne(client: Pick<DynamoDBClient, 'send'>, write: Write): Promise<Item | undefined> {
  const part = partOf(write);
  if (part.Put) {
    await client.send(new PutItemCommand(part.Put));
    return unmarshalItem(part.Put.Item ?? {});
  }
  if (part.Update) {
    const { Attributes } = await client.send(new UpdateItemCommand({ ...part.Update, ReturnValues: 'ALL_NEW' }));
    return Attributes && unmarshalItem(Attributes);
  }
  if (part.Delete) await client.send(new DeleteItemCommand(part.Delete));
  return undefined;
}

async function writeTogether(
  client: Pick<DynamoDBClient, 'send'>,
  writes: readonly Write[],
  pause: Pause,
): Promise<WriteOutcome> {
  const input = { TransactItems: writes.map(partOf), ClientRequestToken: randomUUID() };
  try {
    await attempt(() => client.send(new TransactWriteItemsCommand(input)), 'transaction', pause);
    return { written: true, items: writes.map(() => undefined) };
  } catch (error) {
    const { CancellationReasons = [] } = error as {
      CancellationReasons?: { Code?: string; Item?: Record<string, AttributeValue> }[];
    };
    const refused = CancellationReasons.flatMap(({ Code, Item }, index) =>
      Code === 'ConditionalCheckFailed' ? [{ index, found: Item && unmarshalItem(Item) }] : [],
    );
    if (refused.length === 0) throw error;
    return { written: false, refused };
  }
}

/** One write as a part of a transaction; the plain commands take the same fields. */
function partOf(write: Write): TransactWriteItem {
  const to = new Placeholders();
  const TableName = write.table;
  const { pk, sk } = keyOf(write);
  const Key = marshalItem({ pk, sk });
  if ('put' in write) return { Put: { TableName, Item: marshalItem(write.put), ...conditionFields(write.if, to) } };
  if ('delete' in write) return { Delete: { TableName, Key, ...conditionFields(write.if, to) } };
  if ('check' in write) {
    const ConditionExpression = conditionExpression(write.if, to);
    return {
      ConditionCheck: {
        TableName,
        Key,
        ConditionExpression,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        ...to.fields(),
      },
    };
  }
  const UpdateExpression = updateExpression(write.changes, to);
  return { Update: { TableName, Key, UpdateExpression, ...conditionFields(write.if, to) } };
}

function conditionFields(condition: Condition | undefined, to: Placeholders) {
  if (condition === undefined) return to.fields();
  const ConditionExpression = conditionExpression(condition, to);
  return { ConditionExpression, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const, ...to.fields() };
}

function queryInput(query: Query) {
  const Limit = checkQuery(query);
  const to = new Placeholders();
  const keys = keyNames(query);
  const position = readCursor(query);
  return {
    TableName: query.table,
    ...(query.index === undefined ? {} : { IndexName: query.index }),
    KeyConditionExpression: keyExpression(keys, query.pk, query.sk, to),
    ...to.fields(),
    Limit,
    ScanIndexForward: query.newestFirst !== true,
    ConsistentRead: query.consistent === true,
    ...(position ? { ExclusiveStartKey: marshalItem(startKey(query, keys, position)) } : {}),
  };
}

function keyNames({ index }: Query): Key {
  return index === undefined ? { pk: 'pk', sk: 'sk' } : { pk: `${index}Pk`, sk: `${index}Sk` };
}

function startKey(query: Query, keys: Key, { pk, sk, indexSk }: Position): Record<string, string | undefined> {
  return query.index === undefined ? { pk, sk } : { pk, sk, [keys.pk]: query.pk, [keys.sk]: indexSk };
}

function pageOf(
  query: Query,
  typed: Record<string, AttributeValue>[],
  last: Record<string, AttributeValue> | undefined,
): Page {
  const items = typed.map(unmarshalItem);
  if (last === undefined) return { items };
  const indexSk = query.index === undefined ? {} : { indexSk: last[keyNames(query).sk]?.S ?? '' };
  return { items, cursor: writeCursor(query, { pk: last.pk?.S ?? '', sk: last.sk?.S ?? '', ...indexSk }) };
}
