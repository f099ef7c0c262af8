// The wrapper of every Lambda entry: parse the input by its schema, log what fails, keep the error's name.
import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { maskError, maskMember } from './mask.ts';
import { maskCrashes } from './mask-crashes.ts';

/** Nobody's address, number or secret gets into a log: whatever is logged is masked on its way out. */
export const logger = new Logger({
  serviceName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'lazyark',
  jsonReplacerFn: maskMember,
});
maskCrashes();

/** What a function was called with does not fit its schema. Permanent: a retry brings the same input. */
export class InvalidInput extends Error {
  override name = 'InvalidInput';
}

/**
 * A Lambda handler from a schema and the work. The schema may be `z.any()` where another service shapes the event.
 * Errors are logged once here, with the request id, and thrown on: their `name` is what Retry and Catch match on. What
 * they say is masked first, because Lambda and Step Functions write it down too.
 */
export function lambda<Schema extends z.ZodType, Result>(
  schema: Schema,
  work: (input: z.output<Schema>, context: Context) => Promise<Result>,
) {
  return middy<z.input<Schema>, Result, Error>(async (event: z.input<Schema>, context: Context) =>
    work(parse(schema, event), context),
  ).onError((request) => {
    maskError(request.error);
    logger.error('failed', {
      requestId: request.context?.awsRequestId,
      errorName: request.error?.name,
      errorMessage: request.error?.message,
      stack: request.error?.stack,
    });
  });
}

function parse<Schema extends z.ZodType>(schema: Schema, event: unknown): z.output<Schema> {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(z.prettifyError(parsed.error));
}
