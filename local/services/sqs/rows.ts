// The messages of all queues, as rows: what is visible, hidden, delayed, received too often. No clock, no I/O beyond SQL.

import { createHash, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { prepared } from '../prepared.ts';
import { messageAttributesMd5 } from './attributes-md5.ts';
import type { Queue } from './queue.ts';

export type MessageAttribute = { DataType: string; StringValue?: string; BinaryValue?: string };
export type NewMessage = {
  body: string;
  delaySeconds?: number;
  attributes?: Record<string, MessageAttribute>;
  system?: Record<string, MessageAttribute>;
};
export type Message = {
  messageId: string;
  receiptHandle: string;
  body: string;
  bodyMd5: string;
  attributes: Record<string, MessageAttribute>;
  /** SentTimestamp, ApproximateReceiveCount … as SQS names them */
  system: Record<string, string>;
};
export type Sent = { MessageId: string; MD5OfMessageBody: string; MD5OfMessageAttributes?: string };
/** What a receive did: the messages, and how many went to the dead-letter queue instead. */
export type Received = { messages: Message[]; deadLettered: number };

type Row = {
  seq: number;
  id: string;
  body: string;
  attributes: string;
  system: string;
  sent_ms: number;
  receives: number;
  first_received_ms: number | null;
};

export function prepareRows(db: DatabaseSync): void {
  db.exec(`
    CREATE TABLE IF NOT EXISTS rt_sqs_messages (
      seq INTEGER PRIMARY KEY, queue TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
      attributes TEXT NOT NULL, system TEXT NOT NULL, sent_ms INTEGER NOT NULL, visible_ms INTEGER NOT NULL,
      receives INTEGER NOT NULL DEFAULT 0, first_received_ms INTEGER, receipt TEXT);
    CREATE INDEX IF NOT EXISTS rt_sqs_visible ON rt_sqs_messages (queue, visible_ms, seq);`);
}

/** Adds a message; it becomes visible at once or after its delay (the queue's unless it has its own). */
export function addMessage(
  db: DatabaseSync,
  queue: Queue,
  message: NewMessage,
  nowMs: number,
): Sent & { visibleMs: number } {
  const id = randomUUID();
  const visibleMs = nowMs + (message.delaySeconds ?? queue.delaySeconds) * 1000;
  const system = Object.fromEntries(
    Object.entries(message.system ?? {}).map(([name, { StringValue = '' }]) => [name, StringValue]),
  );
  prepared(
    db,
    'INSERT INTO rt_sqs_messages (queue, id, body, attributes, system, sent_ms, visible_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
  ).run(
    queue.arn,
    id,
    message.body,
    JSON.stringify(message.attributes ?? {}),
    JSON.stringify(system),
    nowMs,
    visibleMs,
  );
  const attributesMd5 = messageAttributesMd5(message.attributes ?? {});
  return {
    MessageId: id,
    MD5OfMessageBody: md5(message.body),
    ...(attributesMd5 === undefined ? {} : { MD5OfMessageAttributes: attributesMd5 }),
    visibleMs,
  };
}

/** Takes visible messages and hides them until `hiddenUntilMs`; those received too often move to the dead letters. */
export function takeMessages(
  db: DatabaseSync,
  queue: Queue,
  max: number,
  nowMs: number,
  hiddenUntilMs: number,
): Received {
  const visible = prepared(
    db,
    'SELECT * FROM rt_sqs_messages WHERE queue = ? AND visible_ms <= ? AND sent_ms > ? ORDER BY visible_ms, seq LIMIT ?',
  );
  let deadLettered = 0;
  for (;;) {
    const rows = visible.all(queue.arn, nowMs, nowMs - queue.retentionSeconds * 1000, max) as Row[];
    const messages: Message[] = [];
    for (const row of rows) {
      if (queue.redrive && row.receives >= queue.redrive.maxReceiveCount) {
        moveToDeadLetters(db, row, queue, queue.redrive.deadLetterTargetArn, nowMs);
        deadLettered += 1;
      } else messages.push(hide(db, row, nowMs, hiddenUntilMs));
    }
    if (messages.length > 0 || rows.length === 0) return { messages, deadLettered };
  }
}

function hide(db: DatabaseSync, row: Row, nowMs: number, hiddenUntilMs: number): Message {
  const receipt = randomUUID();
  const firstMs = row.first_received_ms ?? nowMs;
  prepared(
    db,
    'UPDATE rt_sqs_messages SET visible_ms = ?, receives = receives + 1, first_received_ms = ?, receipt = ? WHERE seq = ?',
  ).run(hiddenUntilMs, firstMs, receipt, row.seq);
  return {
    messageId: row.id,
    receiptHandle: Buffer.from(`${row.seq} ${receipt}`).toString('base64url'),
    body: row.body,
    bodyMd5: md5(row.body),
    attributes: JSON.parse(row.attributes),
    system: {
      ...JSON.parse(row.system),
      SenderId: 'AIDAEMBEDDEDRUNTIME',
      SentTimestamp: String(row.sent_ms),
      ApproximateReceiveCount: String(row.receives + 1),
      ApproximateFirstReceiveTimestamp: String(firstMs),
    },
  };
}

function moveToDeadLetters(db: DatabaseSync, row: Row, from: Queue, toArn: string, nowMs: number): void {
  const system = JSON.stringify({ ...JSON.parse(row.system), DeadLetterQueueSourceArn: from.arn });
  prepared(
    db,
    'UPDATE rt_sqs_messages SET queue = ?, visible_ms = ?, receives = 0, first_received_ms = NULL, receipt = NULL, system = ? WHERE seq = ?',
  ).run(toArn, nowMs, system, row.seq);
}

/** Deletes the message if the handle is of its latest receive. Returns false for text that is no handle. */
export function removeMessage(db: DatabaseSync, queue: Queue, receiptHandle: string): boolean {
  const handle = readHandle(receiptHandle);
  if (!handle) return false;
  prepared(db, 'DELETE FROM rt_sqs_messages WHERE seq = ? AND receipt = ? AND queue = ?').run(
    handle.seq,
    handle.receipt,
    queue.arn,
  );
  return true;
}

/** Sets when a received message is visible again. `'gone'`: deleted, visible already, or received by somebody else. */
export function changeVisibility(
  db: DatabaseSync,
  queue: Queue,
  receiptHandle: string,
  nowMs: number,
  visibleMs: number,
): 'changed' | 'gone' | 'no handle' {
  const handle = readHandle(receiptHandle);
  if (!handle) return 'no handle';
  const update = prepared(
    db,
    'UPDATE rt_sqs_messages SET visible_ms = ? WHERE seq = ? AND receipt = ? AND queue = ? AND visible_ms > ?',
  );
  const { changes } = update.run(visibleMs, handle.seq, handle.receipt, queue.arn, nowMs);
  return changes === 1 ? 'changed' : 'gone';
}

/** Makes visible what was received; what is only delayed keeps its delay, and receives keep counting. */
export function showReceived(db: DatabaseSync, queue: Queue, nowMs: number): void {
  prepared(
    db,
    'UPDATE rt_sqs_messages SET visible_ms = ? WHERE queue = ? AND visible_ms > ? AND receipt IS NOT NULL',
  ).run(nowMs, queue.arn, nowMs);
}

/** When the next hidden or delayed message becomes visible. */
export function nextVisibleMs(db: DatabaseSync, queue: Queue, nowMs: number): number | undefined {
  const row = prepared(db, 'SELECT min(visible_ms) AS ms FROM rt_sqs_messages WHERE queue = ? AND visible_ms > ?').get(
    queue.arn,
    nowMs,
  );
  return row?.ms === null || row === undefined ? undefined : Number(row.ms);
}

/** How many messages are visible, received and not deleted, and still delayed. */
export function countMessages(
  db: DatabaseSync,
  queue: Queue,
  nowMs: number,
): { visible: number; hidden: number; delayed: number } {
  const row = prepared(
    db,
    `SELECT count(*) FILTER (WHERE visible_ms <= ?) AS visible,
        count(*) FILTER (WHERE visible_ms > ? AND receipt IS NOT NULL) AS hidden,
        count(*) FILTER (WHERE visible_ms > ? AND receipt IS NULL) AS delayed
      FROM rt_sqs_messages WHERE queue = ? AND sent_ms > ?`,
  ).get(nowMs, nowMs, nowMs, queue.arn, nowMs - queue.retentionSeconds * 1000);
  return { visible: Number(row?.visible), hidden: Number(row?.hidden), delayed: Number(row?.delayed) };
}

export function purge(db: DatabaseSync, queue: Queue): void {
  prepared(db, 'DELETE FROM rt_sqs_messages WHERE queue = ?').run(queue.arn);
}

/** Deletes what is older than the queue keeps messages. */
export function removeExpired(db: DatabaseSync, queue: Queue, nowMs: number): void {
  prepared(db, 'DELETE FROM rt_sqs_messages WHERE queue = ? AND sent_ms <= ?').run(
    queue.arn,
    nowMs - queue.retentionSeconds * 1000,
  );
}

function readHandle(receiptHandle: string): { seq: number; receipt: string } | undefined {
  const [, seq, receipt] = /^(\d+) ([0-9a-f-]{36})$/.exec(Buffer.from(receiptHandle, 'base64url').toString()) ?? [];
  return seq === undefined || receipt === undefined ? undefined : { seq: Number(seq), receipt };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
