// The only place that calls HTTP: the shapes of /api/v1 as the console uses them, and one function per call. Those of the
// room of safety are in safety-api.ts.
import type { FieldError } from './lib/check-draft.ts';
import type { Change } from './lib/diff.ts';
import { newKey } from './lib/new-key.ts';
import { wholeStatus } from './lib/whole-status.ts';
import { sessionToken } from './session.ts';

export type Mode = 'active' | 'killed' | 'not_bootstrapped' | 'unknown';
export type ObjectiveStatus = 'queued' | 'planning' | 'running' | 'paused' | 'succeeded' | 'failed' | 'cancelled';
export type TaskStatus =
  | 'pending'
  | 'ready'
  | 'allocated'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'dead_letter'
  | 'cancelled';
export type Page<T> = { items: T[]; cursor?: string | null };
export type Need = {
  kind: 'dead_letter' | 'objective_failed' | 'objective_stalled';
  id: string;
  title: string;
  since: string;
  what: string;
};
export type Status = {
  mode: Mode;
  environment: { kind: 'embedded' | 'aws'; account?: string; region?: string };
  version: string;
  objectives: Record<ObjectiveStatus, number>;
  tasks: {
    running: number;
    waiting: number;
    deadLetter: number;
    doneLastHour: number;
    p50Ms: number | null;
    p95Ms: number | null;
  };
  agents: { healthy: number; lost: number; registered: number };
  audit: { lanes: { lane: string; entries: number; head: string }[] };
  needsPerson: Need[];
  /** what each agent does now, by agent id */
  work: Record<string, Work>;
  /** rooms that did not answer: their figures are missing, not zero */
  silent: string[];
  me: { principalId: string; roles: string[] };
};
export type Work = { running: number; succeeded: number; failed: number; load: number };
export type Priority = { score: number; reasons: string[] };
export type Progress = { percent: number; done: number; total: number; etaAt?: string | null };
export type ObjectiveRow = {
  objectiveId: string;
  text: string;
  status: ObjectiveStatus;
  priority: Priority;
  progress: Progress;
  createdAt: string;
  finishedAt?: string | null;
};
export type Failure = { name: string; message: string; stack?: string | string[] };
export type Attempt = {
  attempt: number;
  agentId?: string;
  error: Failure;
  startedAt?: string | null;
  failedAt?: string | null;
};
export type TaskError = Failure & { transient?: boolean; attempts?: Attempt[] };
export type Task = {
  taskId: string;
  /** the id inside the plan; dependsOn may use either */
  id?: string;
  title: string;
  capability: string;
  status: TaskStatus;
  agentId?: string | null;
  attempts?: number;
  dependsOn: string[];
  parameters?: Record<string, unknown>;
  startedAt?: string | null;
  finishedAt?: string | null;
  result?: unknown;
  error?: TaskError | null;
  /** why nobody has it, while it waits for an agent */
  waiting?: string | null;
  /** when the next attempt begins */
  retryAt?: string | null;
  maxAttempts?: number;
};
export type Objective = ObjectiveRow & {
  tasks: Task[];
  result?: unknown;
  pattern?: { name: string; why: string } | null;
  problem?: string | { detail?: string; message?: string; errors?: FieldError[] } | null;
};
export type Agent = {
  agentId: string;
  title: string;
  role: string;
  department: string;
  capabilities: string[];
  transport: string;
  status: string;
  concurrency?: number | null;
  lastSeenAt?: string | null;
  version?: string;
};
export type AuditEntry = {
  entryId: string;
  lane: string;
  seq: number;
  at: string;
  table: string;
  item: { pk: string; sk: string };
  kind: string;
  by: string;
  why: string;
  changes: Change[];
  hash: string;
  /** null for the first entry of a batch, whose predecessor is in the batch before */
  previousHash: string | null;
};
export type NewInput = { name: string; mediaType?: string; content?: string; artifactId?: string };
export type NewObjective = {
  text: string;
  impact: number;
  urgency: string;
  budgetUsd?: number;
  inputs?: NewInput[];
  plan?: unknown;
};
type Upload = { artifactId: string; uploadUrl: string; method?: string; headers?: Record<string, string> };

const timeoutMs = 15_000;
export const base = '/api/v1';

/** An answer that is not what was asked for: problem+json of the server, or status 0 when there was no answer at all. */
export class ApiProblem extends Error {
  override name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly errors: FieldError[];
  readonly requestId?: string;
  constructor(
    status: number,
    body: { title?: string; code?: string; detail?: string; errors?: FieldError[] },
    requestId?: string,
  ) {
    super(body.detail ?? body.title ?? `The server answered ${status}`);
    this.status = status;
    this.code = body.code ?? `http_${status}`;
    this.title = body.title ?? 'Request failed';
    this.errors = body.errors ?? [];
    this.requestId = requestId;
  }
}

type Options = { method?: string; body?: unknown; idempotencyKey?: string; signal?: AbortSignal; token?: string };

export async function call<T>(path: string, options: Options = {}): Promise<T> {
  const { method = 'GET', body, idempotencyKey, signal, token = sessionToken() } = options;
  const headers: Record<string, string> = { accept: 'application/json', authorization: `Bearer ${token}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET') headers['idempotency-key'] = idempotencyKey ?? newKey();
  const timeout = AbortSignal.timeout(timeoutMs);
  const response = await fetch(base + path, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    cache: 'no-store',
    credentials: 'omit',
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiProblem(0, { title: 'No answer', code: 'no_answer', detail: 'The server did not answer.' });
  });
  return readAnswer<T>(response);
}

async function readAnswer<T>(response: Response): Promise<T> {
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  const body = isJson && text !== '' ? JSON.parse(text) : undefined;
  if (response.ok) return (isJson ? body : text || undefined) as T;
  const requestId = response.headers.get('apigw-requestid') ?? response.headers.get('x-request-id') ?? undefined;
  throw new ApiProblem(response.status, { title: response.statusText, detail: body?.message, ...body }, requestId);
}

export const query = (values: Record<string, string | number | undefined | null>): string => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
};
export const id = encodeURIComponent;

/** Paths of what the pages show; the pages' "copy as curl" uses the same ones. */
export const paths = {
  status: () => '/status',
  objectives: (status?: string, cursor?: string, limit = 100) => `/objectives${query({ status, limit, cursor })}`,
  objective: (objectiveId: string) => `/objectives/${id(objectiveId)}`,
  agents: (cursor?: string) => `/agents${query({ limit: 200, cursor })}`,
  audit: (lane?: string, q?: string, cursor?: string) => `/audit${query({ lane, q, limit: 100, cursor })}`,
  deadLetters: () => '/tasks?status=dead_letter',
};

export const api = {
  /** `token` is given only at login, before it is kept */
  status: async (signal?: AbortSignal, token?: string) =>
    wholeStatus(await call<Partial<Status>>(paths.status(), { signal, token })),
  objectives: (status?: string, cursor?: string, limit?: number, signal?: AbortSignal) =>
    call<Page<ObjectiveRow>>(paths.objectives(status, cursor, limit), { signal }),
  objective: (objectiveId: string, signal?: AbortSignal) => call<Objective>(paths.objective(objectiveId), { signal }),
  submit: (body: NewObjective, idempotencyKey: string) =>
    call<{ objectiveId: string }>('/objectives', { method: 'POST', body, idempotencyKey }),
  move: (objectiveId: string, verb: 'pause' | 'resume' | 'cancel') =>
    call<unknown>(`/objectives/${id(objectiveId)}/${verb}`, { method: 'POST', body: {} }),
  setPriority: (objectiveId: string, score: number) =>
    call<unknown>(`/objectives/${id(objectiveId)}/priority`, { method: 'POST', body: { score } }),
  redrive: (taskId: string) => call<unknown>(`/tasks/${id(taskId)}/redrive`, { method: 'POST', body: {} }),
  agents: (cursor?: string, signal?: AbortSignal) => call<Page<Agent>>(paths.agents(cursor), { signal }),
  audit: (lane?: string, q?: string, cursor?: string, signal?: AbortSignal) =>
    call<Page<AuditEntry>>(paths.audit(lane, q, cursor), { signal }),
  upload: uploadArtifact,
};

/** Hands a file in as an artifact and answers its id. */
async function uploadArtifact(file: File, mediaType = 'application/octet-stream'): Promise<string> {
  const upload = await call<Upload>('/artifacts', {
    method: 'POST',
    body: { name: file.name, mediaType, bytes: file.size },
  });
  const response = await fetch(upload.uploadUrl, {
    method: upload.method ?? 'PUT',
    headers: upload.headers ?? {},
    body: file,
    credentials: 'omit',
  }).catch(() => undefined);
  if (response?.ok) return upload.artifactId;
  const detail = `${file.name} could not be stored: the artifact store ${response ? `answered ${response.status}` : 'did not answer'}. Nothing was submitted.`;
  throw new ApiProblem(response?.status ?? 0, { title: 'Upload failed', code: 'upload_failed', detail });
}
