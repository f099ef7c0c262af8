// AWS's JSON protocols for a service: X-Amz-Target names the operation, a schema reads its input, a function answers.
import type * as z from 'zod';
import { ApiError, type ApiRequest, type ApiResponse, type ApiService, type Caller, type Host } from '../service.ts';

export type Call = { caller: Caller; host: Host };
export type Operation = (input: unknown, call: Call) => Promise<unknown>;

/** One operation: members that the schema does not name are ignored, as AWS does. Times in answers are epoch seconds. */
export function operation<S extends z.ZodType>(
  schema: S,
  answer: (input: z.infer<S>, call: Call) => unknown | Promise<unknown>,
): Operation {
  return async (input, call) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw validationError(parsed.error);
    return answer(parsed.data, call);
  };
}

export function validationError(error: z.ZodError): ApiError {
  const [first] = error.issues;
  const path = first?.path.join('.') ?? '';
  return new ApiError(400, 'ValidationException', `1 validation error detected: ${path}: ${first?.message}`);
}

/**
 * The API of one service. `version` is the JSON protocol's: '1.0' or '1.1'. An operation that is not in the table is
 * an error that names it.
 */
export function jsonApi(name: string, version: '1.0' | '1.1', operations: Record<string, Operation>): ApiService {
  const handle = async (request: ApiRequest, caller: Caller, host: Host): Promise<ApiResponse> => {
    const target = request.headers['x-amz-target'] ?? '';
    const wanted = target.slice(target.indexOf('.') + 1);
    if (!Object.hasOwn(operations, wanted)) {
      throw new ApiError(
        400,
        'UnknownOperationException',
        `The embedded runtime does not cover ${name}:${wanted || '?'}`,
      );
    }
    const answer = await (operations[wanted] as Operation)(parseBody(request.body), { caller, host });
    const headers = { 'content-type': `application/x-amz-json-${version}` };
    return { status: 200, headers, body: answer === undefined ? '{}' : JSON.stringify(answer) };
  };
  return { name, handle };
}

function parseBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new ApiError(400, 'SerializationException', 'The request body is not JSON');
  }
}

export const epochSeconds = (epochMs: number): number => epochMs / 1000;
