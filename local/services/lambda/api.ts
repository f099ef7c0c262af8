// The Lambda API as functions call it: Invoke and GetFunction (REST JSON).
import { unknownOperation } from '../../endpoint.ts';
import {
  ApiError,
  type ApiRequest,
  type ApiResponse,
  type ApiService,
  arnOf,
  type Caller,
  type Host,
} from '../../service.ts';
import type { LambdaFunction } from './functions.ts';
import { lambdaOf } from './runtime.ts';

const requestMostBytes = 6 * 1024 * 1024;

export const lambdaApi: ApiService = {
  name: 'lambda',
  async handle(request, caller, host) {
    const match = /^\/2015-03-31\/functions\/([^/]+)(\/invocations|\/configuration)?$/.exec(request.path);
    const name = decodeURIComponent(match?.[1] ?? '');
    if (match && request.method === 'POST' && match[2] === '/invocations') return invoke(name, request, caller, host);
    if (match && request.method === 'GET') return describe(name, match[2] === '/configuration', caller, host);
    throw unknownOperation('lambda', `${request.method} ${request.path}`);
  },
  renderError({ status, code, message, details }) {
    const body = JSON.stringify({ Message: message, message, Type: status < 500 ? 'User' : 'Server', ...details });
    return {
      status: code === 'ThrottlingException' ? 429 : status,
      headers: jsonHeaders({ 'x-amzn-errortype': code }),
      body,
    };
  },
};

async function invoke(name: string, request: ApiRequest, caller: Caller, host: Host): Promise<ApiResponse> {
  const { functions, invocations } = lambdaOf(host);
  const fn = authorized(name, 'lambda:InvokeFunction', caller, host);
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type === 'DryRun') return { status: 204, body: '' };
  const json = payloadOf(request);
  if (type === 'Event') {
    const requestId = await invocations.enqueue(fn, json);
    return { status: 202, headers: { 'x-amzn-requestid': requestId }, body: '' };
  }
  const outcome = await functions.runNow(fn, json);
  const headers = jsonHeaders({ 'x-amz-executed-version': '$LATEST' });
  if (outcome.failed) headers['x-amz-function-error'] = 'Unhandled';
  if (request.headers['x-amz-log-type'] === 'Tail') headers['x-amz-log-result'] = logTail(outcome.lines);
  return { status: 200, headers, body: outcome.json };
}

function describe(name: string, configurationOnly: boolean, caller: Caller, host: Host): ApiResponse {
  const fn = authorized(
    name,
    configurationOnly ? 'lambda:GetFunctionConfiguration' : 'lambda:GetFunction',
    caller,
    host,
  );
  const configuration = {
    FunctionName: fn.name,
    FunctionArn: fn.arn,
    Role: fn.roleArn,
    MemorySize: fn.memoryMb,
    Timeout: fn.timeoutMs / 1000,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Version: '$LATEST',
  };
  const body = JSON.stringify(configurationOnly ? configuration : { Configuration: configuration });
  return { status: 200, headers: jsonHeaders(), body };
}

function authorized(name: string, action: string, caller: Caller, host: Host): LambdaFunction {
  const { functions } = lambdaOf(host);
  const parts = name.split(':');
  const plainArn = parts[0] === 'arn' ? parts.slice(0, 7).join(':') : arnOf('lambda', `function:${parts[0]}`);
  host.authorize(caller, action, plainArn);
  return functions.find(name);
}

function payloadOf({ body }: ApiRequest): string {
  if (body.length > requestMostBytes) {
    const message = `Request must be smaller than ${requestMostBytes} bytes for the InvokeFunction operation`;
    throw new ApiError(413, 'RequestTooLargeException', message);
  }
  const text = body.length === 0 ? '{}' : body.toString('utf8');
  try {
    JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError(400, 'InvalidRequestContentException', `Could not parse request body into json: ${reason}`);
  }
  return text;
}

/** The last 4 KB of what the invocation printed, in base64, as X-Amz-Log-Result carries it. */
export function logTail(lines: readonly string[]): string {
  return Buffer.from(lines.join('\n')).subarray(-4096).toString('base64');
}

function jsonHeaders(more: Record<string, string> = {}): Record<string, string> {
  return { 'content-type': 'application/json', ...more };
}
