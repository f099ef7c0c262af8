// An event of the bus: declared once, in the room that announces it; rules in lib/ use its detailType, never a string.
import type * as z from 'zod';

export type EventDefinition<Detail extends z.ZodType> = { source: string; detailType: string; schema: Detail };

/** `defineEvent('agents.AgentReady', schema)`: the part before the dot is the announcing room. */
export function defineEvent<Detail extends z.ZodType>(detailType: string, schema: Detail): EventDefinition<Detail> {
  return { source: `lazyark.${detailType.split('.')[0]}`, detailType, schema };
}
