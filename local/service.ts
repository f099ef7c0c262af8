// The contract between the core of the embedded runtime and its services: what a service gets (Host), what it brings
// (Service) and how it answers. Nothing here does anything, so every part of local/ may import it.
import type { SqliteStore } from '../functions/common/table-sqlite.ts';

export const region = 'eu-central-1';
export const account = '000000000000';

/** A resource of the template. `properties` are resolved: no Ref, GetAtt or other function is left in them. */
export type Resource = {
  logicalId: string;
  type: string;
  properties: Record<string, unknown>;
  stackName: string;
};

/** What making a resource yields: the value of Ref, the attributes for Fn::GetAtt, and its life cycle. */
export type Made = {
  ref: string;
  attributes?: Record<string, string>;
  /** where this resource takes HTTP requests; the HTTP API says it, and it becomes Runtime.url */
  url?: string;
  /** called once all resources exist; work may begin */
  start?(): void | Promise<void>;
  /** called at a graceful stop, in reverse order; finish what is in flight, start nothing new */
  stop?(): void | Promise<void>;
};

export interface ResourceFactory {
  type: string;
  create(resource: Resource, host: Host): Promise<Made>;
}

/** Who calls. A role that is no function's (a state machine's, a schedule's) is `role`. */
export type Caller =
  | { kind: 'function'; roleArn: string; functionArn: string }
  | { kind: 'role'; roleArn: string; sessionName: string }
  | { kind: 'service'; principal: string }
  | { kind: 'operator' };

/** `path` is as sent (still percent-encoded), without the query. Header names are lower case. */
export type ApiRequest = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: Buffer;
};
export type ApiResponse = { status: number; headers?: Record<string, string>; body: string | Buffer };

export interface ApiService {
  /** as in the SigV4 credential scope: 'states', 'events', 'secretsmanager', 'lambda', 's3', 'sqs' … */
  name: string;
  handle(request: ApiRequest, caller: Caller, host: Host): Promise<ApiResponse>;
  /** answers the question of a browser before a request from another origin; nobody has signed it */
  preflight?(request: ApiRequest, host: Host): ApiResponse;
  /** how this service words an error; the default is AWS JSON (`__type`, `message`) */
  renderError?(error: ApiError): ApiResponse;
}

/** An answer of an AWS API that is an error: `code` as AWS names it, e.g. 'ResourceNotFoundException'. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  readonly code: string;
  /** further members of the answer, such as Type */
  readonly details: Record<string, unknown>;
  constructor(status: number, code: string, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** A caller's role does not allow an action; worded as AWS words it. */
export class AccessDenied extends ApiError {
  override name = 'AccessDenied';
  constructor(message: string) {
    super(403, 'AccessDeniedException', message);
  }
}

export type InvokeResult = { payload: unknown; functionError?: 'Unhandled' | 'Handled'; logTail?: string };

/** What a service brings to the runtime. A module `services/<name>…ts` exports one as `service`. */
export interface Service {
  factories: ResourceFactory[];
  apis?: ApiService[];
  /**
   * Delivers to a resource of this service by ARN (rules, schedules, destinations); durable before it resolves.
   * The core has checked the sender's role already.
   */
  deliver?: { arnService: string; to(targetArn: string, payload: unknown, host: Host): Promise<void> };
}

export interface Timer {
  cancel(): void;
}

/** Virtual time: `now = start + (real − start) × speed`; it never goes back, restarts of a data folder included. */
export interface Clock {
  readonly speed: number;
  /** epoch milliseconds, virtual */
  now(): number;
  date(): Date;
  /** calls `fn` once, when virtual time reaches `atMs` (at once if it has); any distance is allowed */
  at(atMs: number, fn: () => void): Timer;
  /** calls `fn` once after so many virtual milliseconds */
  after(delayMs: number, fn: () => void): Timer;
  sleep(delayMs: number): Promise<void>;
  /** how long a stretch of virtual time takes in real milliseconds (for time-outs of real work) */
  realMs(virtualMs: number): number;
}

export type Fault =
  | 'throttle'
  | 'conflict'
  | 'error500'
  | 'lostResponse'
  | 'staleIndex'
  | 'duplicateRecord'
  | 'lateRecord'
  | 'slow'
  | 'killFunction';

/** Faults from a seed. Each place that can fail asks here; the answers are reproducible per place and order. */
export interface Chaos {
  /** false: nothing ever strikes, and asking costs nothing worth saving */
  readonly active: boolean;
  strikes(fault: Fault): boolean;
  /** how long a call is held up, in real milliseconds; 0 = not at all */
  delayMs(): number;
  /** a whole number from 0 to below `limit`, from the same seed */
  pick(limit: number): number;
}

export interface Host {
  readonly store: SqliteStore;
  readonly clock: Clock;
  readonly chaos: Chaos;
  /** everything the runtime keeps is below this folder */
  readonly dataDir: string;
  readonly region: string;
  readonly account: string;
  /** the port asked for the HTTP API; 0 = any */
  readonly httpPort: number;
  /** of the loopback AWS API endpoint, e.g. http://127.0.0.1:4571 */
  readonly endpointUrl: string;
  /** folder or file of an asset, by its object key or hash as the template names it */
  assetPath(key: string): string;
  log(record: Record<string, unknown>): void;
  /** Synchronous Lambda call; a failing function is a result with `functionError`, a missing one an ApiError. */
  invoke(functionArn: string, payload: unknown, options?: { timeoutMs?: number }): Promise<InvokeResult>;
  /** Durable before it resolves; retries and destinations are the Lambda service's. */
  invokeAsync(functionArn: string, payload: unknown): Promise<void>;
  /** Delivers to a function, queue, state machine or event bus by ARN; durable before it resolves. */
  sendTo(targetArn: string, payload: unknown, from: { roleArn?: string }): Promise<void>;
  /** Throws AccessDenied exactly as AWS words it. Services and the operator are always allowed. */
  authorize(caller: Caller, action: string, resourceArn: string, context?: Record<string, string | string[]>): void;
  /** Access keys for a caller (the same at every start); its calls to the endpoint are then known as its own. */
  issueCredential(name: string, caller: Caller): { accessKeyId: string; secretAccessKey: string };
  /** The secret key of an access key id that this runtime gave out, with who holds it (to check a presigned URL). */
  credential(accessKeyId: string): { caller: Caller; secretAccessKey: string } | undefined;
  /**
   * State of a service for this runtime: made at the first call for `name`, the same object afterwards. Services keep
   * what they know here and not in module variables, so that two runtimes in one process do not meet.
   */
  shared<T>(name: string, make: () => T): T;
}

/** Messages as the SQS service hands them to event source mappings, in process. */
export type QueueMessage = {
  messageId: string;
  receiptHandle: string;
  body: string;
  md5OfBody: string;
  attributes: Record<string, string>;
  messageAttributes: Record<string, unknown>;
};

/** The in-process side of SQS; `queuesOf(host)` of services/sqs.ts returns it. */
export interface Queues {
  /** At most `max` visible messages, now hidden for the queue's visibility time-out. */
  receive(queueArn: string, max: number): Promise<QueueMessage[]>;
  remove(queueArn: string, receiptHandles: string[]): Promise<void>;
  /** makes visible again what an earlier process had received and not dealt with: it died, and nobody works on it */
  takeBack(queueArn: string): Promise<void>;
  /** makes received messages visible again at once */
  release(queueArn: string, receiptHandles: string[]): Promise<void>;
  /** calls the listener whenever a message has become visible; returns how to stop that */
  onMessage(queueArn: string, listener: () => void): () => void;
}

/** The physical name of a resource that the template does not name: stable across restarts. */
export function physicalName(resource: Resource, maxChars = 64): string {
  const name = `${resource.stackName}-${resource.logicalId}`;
  return name.length <= maxChars ? name : name.slice(0, maxChars - 13) + name.slice(-13);
}

/** An ARN in this runtime's region and account, e.g. arnOf('lambda', 'function:settle'). */
export function arnOf(service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}
