// From the bus: what people should know, what has passed, and once a minute the look at what was left behind.
import * as z from 'zod';
import { lambda } from '../common/lambda.ts';
import { raiseDeps } from './notice-deps.ts';
import { takeEvent } from './take-event.ts';

const deps = raiseDeps();
const Event = z.object({ id: z.string(), source: z.string(), 'detail-type': z.string(), detail: z.unknown() });

export const handler = lambda(Event, (event) => takeEvent(event, deps));
