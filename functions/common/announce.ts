// Puts typed events on the bus.
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type * as z from 'zod';
import type { EventDefinition } from './define-event.ts';

export type Announce = <Detail extends z.ZodType>(
  event: EventDefinition<Detail>,
  detail: z.input<Detail>,
) => Promise<void>;

/** Throws when the bus did not take the event: whoever announces decides whether that matters. */
export const announceOn =
  (bus: string, client: EventBridgeClient): Announce =>
  async ({ source, detailType, schema }, detail) => {
    const Detail = JSON.stringify(schema.parse(detail));
    const { FailedEntryCount, Entries } = await client.send(
      new PutEventsCommand({ Entries: [{ EventBusName: bus, Source: source, DetailType: detailType, Detail }] }),
    );
    if (FailedEntryCount) throw new Error(`${detailType} was not taken by the bus: ${Entries?.[0]?.ErrorCode}`);
  };
