// A queue mapping: takes messages off a queue in batches and removes those that the function has dealt with. What
// failed stays hidden until its visibility time-out, as on AWS.
import { type Host, type QueueMessage, type Queues, region } from '../../service.ts';
import type { Outcome } from './environment.ts';
import type { Functions, LambdaFunction } from './functions.ts';

export type QueueMappingOptions = {
  queueArn: string;
  queues: Queues;
  fn: LambdaFunction;
  functions: Functions;
  batchSize: number;
  windowMs: number;
  /** batches in flight at most */
  concurrency: number;
  reportsItemFailures: boolean;
  matches(body: Record<string, unknown>): boolean;
  clock: Host['clock'];
  onError(error: unknown): void;
};

export function makeQueueMapping(options: QueueMappingOptions): { start(): Promise<void>; stop(): Promise<void> } {
  const { queueArn, queues, clock } = options;
  let inFlight = 0;
  let stopped = false;
  let unlisten = () => {};

  function pump(): void {
    while (!stopped && inFlight < options.concurrency) {
      inFlight += 1;
      const more = work().catch((error: unknown) => {
        options.onError(error);
        return false;
      });
      void more.then((again) => {
        inFlight -= 1;
        if (again) pump();
      });
      // One batch looks first; only when it found something is it worth that another one looks.
      break;
    }
  }

  async function work(): Promise<boolean> {
    let messages = await queues.receive(queueArn, options.batchSize);
    if (messages.length === 0) return false;
    if (messages.length < options.batchSize && options.windowMs > 0) {
      await clock.sleep(options.windowMs);
      messages = [...messages, ...(await queues.receive(queueArn, options.batchSize - messages.length))];
    }
    const { wanted, unwanted } = sift(messages, options.matches);
    if (unwanted.length > 0) await queues.remove(queueArn, handles(unwanted));
    if (wanted.length === 0) return true;
    if (stopped) await queues.release(queueArn, handles(wanted));
    else await deliver(wanted);
    return true;
  }

  async function deliver(messages: QueueMessage[]): Promise<void> {
    const json = JSON.stringify({ Records: messages.map((message) => toRecord(message, queueArn)) });
    pump();
    const outcome = await options.functions.run(options.fn, json);
    if (stopped) return;
    const failed = failedIds(outcome, messages, options.reportsItemFailures);
    const done = messages.filter(({ messageId }) => !failed.has(messageId));
    if (done.length > 0) await queues.remove(queueArn, handles(done));
  }

  return {
    async start() {
      await queues.takeBack(queueArn);
      if (stopped) return;
      unlisten = queues.onMessage(queueArn, pump);
      pump();
    },
    async stop() {
      stopped = true;
      unlisten();
    },
  };
}

function sift(messages: readonly QueueMessage[], matches: QueueMappingOptions['matches']) {
  const judged = messages.map((message) => ({ message, wanted: matches({ body: parsed(message.body) }) }));
  return {
    wanted: judged.filter(({ wanted }) => wanted).map(({ message }) => message),
    unwanted: judged.filter(({ wanted }) => !wanted).map(({ message }) => message),
  };
}

function failedIds(outcome: Outcome, messages: readonly QueueMessage[], reports: boolean): Set<string> {
  const all = new Set(messages.map(({ messageId }) => messageId));
  if (outcome.failed) return all;
  if (!reports) return new Set();
  const answer = JSON.parse(outcome.json) as { batchItemFailures?: { itemIdentifier?: unknown }[] | null } | null;
  const failed = new Set((answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => String(itemIdentifier)));
  return failed.isSubsetOf(all) ? failed : all;
}

function toRecord(message: QueueMessage, queueArn: string): Record<string, unknown> {
  return { ...message, eventSource: 'aws:sqs', eventSourceARN: queueArn, awsRegion: region };
}

const handles = (messages: readonly QueueMessage[]) => messages.map(({ receiptHandle }) => receiptHandle);

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
