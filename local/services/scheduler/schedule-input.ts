// The shape of a Scheduler schedule, in the template and in the API alike, and what its target receives.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { account, region } from '../../service.ts';

const Time = z.union([
  z.number().transform((seconds) => seconds * 1000),
  z.string().transform((text) => Date.parse(text)),
]);

export const ScheduleFields = z.object({
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  FlexibleTimeWindow: z.object({ Mode: z.string(), MaximumWindowInMinutes: z.number().optional() }),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Description: z.string().optional(),
  StartDate: Time.optional(),
  EndDate: Time.optional(),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).default('NONE'),
  Target: z.object({
    Arn: z
      .string()
      .refine((arn) => !arn.startsWith('arn:aws:scheduler:::'), 'universal targets (aws-sdk) are not covered'),
    RoleArn: z.string(),
    Input: z.string().optional(),
    RetryPolicy: z
      .object({ MaximumRetryAttempts: z.number().optional(), MaximumEventAgeInSeconds: z.number().optional() })
      .optional(),
    DeadLetterConfig: z.object({ Arn: z.string().optional() }).optional(),
  }),
});
export type ScheduleFields = z.infer<typeof ScheduleFields>;

/** The payload of one run: the schedule's Input with its keywords filled in, or Scheduler's own event. */
export function scheduleInput(input: string | undefined, scheduleArn: string, scheduledMs: number): unknown {
  const time = `${new Date(scheduledMs).toISOString().slice(0, 19)}Z`;
  const id = randomUUID();
  if (input === undefined) {
    const event = {
      version: '0',
      id,
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account,
      time,
      region,
    };
    return { ...event, resources: [scheduleArn], detail: '{}' };
  }
  const keywords: Record<string, string> = {
    'aws.scheduler.schedule-arn': scheduleArn,
    'aws.scheduler.scheduled-time': time,
    'aws.scheduler.execution-id': id,
    'aws.scheduler.attempt-number': '1',
  };
  const filled = input.replace(/<(aws\.scheduler\.[a-z-]+)>/g, (whole, name: string) => keywords[name] ?? whole);
  try {
    return JSON.parse(filled);
  } catch {
    return filled;
  }
}
