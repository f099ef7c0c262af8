// A step of the workflow escalate-notice; and, from the bus, an answer that PagerDuty has to hear of.
import * as z from 'zod';
import { lambda } from '../common/lambda.ts';
import { concludeLadder, tellPager } from './conclude-ladder.ts';
import { NoticeAnswered } from './events.ts';
import { Channel } from './notice.ts';
import { notifyDeps } from './notice-deps.ts';
import { notifyPeople } from './notify-people.ts';

const deps = notifyDeps();
const ref = { noticeId: z.string(), round: z.int().min(1) };
const Step = z.object({ ...ref, channel: z.enum([...Channel.options, 'console']) });
const Answered = z.object({ 'detail-type': z.literal(NoticeAnswered.detailType), detail: NoticeAnswered.schema });

export const handler = lambda(z.union([Step, Answered]), async (input): Promise<object> => {
  if ('detail' in input) return tellPager(input.detail, deps);
  const { channel, ...step } = input;
  return channel === 'console' ? concludeLadder(step, deps) : notifyPeople({ ...step, channel }, deps);
});
