// The stories' side of the HTTP API: plain requests as any client sends them, and waiting by asking again.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';

/** A LazyArk that runs somewhere. `endpoint` is what comes before /api/v1. */
export type Swarm = { endpoint: string; token: string };

export type Task = {
  taskId: string;
  id: string;
  status: string;
  agentId: string | null;
  attempts: number;
  result: unknown;
  error: null | {
    name: string;
    message: string;
    transient: boolean;
    stack?: string[];
    attempts: { attempt: number; agentId: string; error: { name: string; message: string }; failedAt: string }[];
  };
  waiting: string | null;
};
export type Objective = {
  objectiveId: string;
  status: string;
  problem: string | null;
  pattern: { name: string; why: string } | null;
  progress: { percent: number; done: number; total: number };
  tasks: Task[];
  result: unknown;
  finishedAt: string | null;
};
export type Page<Item> = { items: Item[]; cursor?: string };
export type Problem = { status: number; code: string; detail: string; errors?: { path: string; expected: string }[] };

export type Answer = { status: number; headers: Headers; text: string };
/** `token: null` sends none; `body` is sent as JSON, `raw` as it is. */
export type Sent = { token?: string | null; body?: unknown; raw?: string; headers?: Record<string, string> };
export type Client = ReturnType<typeof clientOf>;

const LOOK_EVERY_MS = 100;

/**
 * `swarmNow` is asked with each request: there is no swarm yet when the stories are collected. `patienceMs` is how long
 * anything is waited for: less than a test may take, and enough for a busy machine with two cores.
 */
export function clientOf(swarmNow: () => Swarm, patienceMs: number) {
  /** Asks until the answer is as wanted. Throws with the last answer when that takes too long. */
  const until = async <T>(what: string, ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> => {
    const deadlineMs = Date.now() + patienceMs;
    for (;;) {
      const answer = await ask();
      if (holds(answer)) return answer;
      if (Date.now() > deadlineMs)
        throw new Error(`waited ${patienceMs / 1_000} s until ${what}: ${JSON.stringify(answer).slice(0, 2_000)}`);
      await wait(LOOK_EVERY_MS);
    }
  };
  const call = async (method: string, path: string, sent: Sent = {}): Promise<Answer> => {
    const { endpoint, token } = swarmNow();
    const said = sent.token === undefined ? token : sent.token;
    const body = sent.raw ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
    const headers = {
      ...(said === null ? {} : { authorization: `Bearer ${said}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...sent.headers,
    };
    const answer = await fetch(`${endpoint}${path}`, { method, headers, body });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const get = async <T>(path: string): Promise<T> => bodyOf(await call('GET', `/api/v1${path}`));
  const post = async <T>(path: string, body?: unknown): Promise<T> =>
    bodyOf(await call('POST', `/api/v1${path}`, { body, headers: { 'idempotency-key': randomUUID() } }));
  const look = (objectiveId: string) => get<Objective>(`/objectives/${objectiveId}`);
  return {
    swarmNow,
    until,
    call,
    get,
    post,
    look,
    submit: async (objective: object): Promise<string> =>
      (await post<{ objectiveId: string }>('/objectives', { text: 'A story', ...objective })).objectiveId,
    /** the objective once it has ended */
    ended: (objectiveId: string) =>
      until(
        `${objectiveId} has ended`,
        () => get<Objective>(`/objectives/${objectiveId}?waitSeconds=10`),
        ({ status }) => ['succeeded', 'failed', 'cancelled'].includes(status),
      ),
    /** the objective once `holds` of it */
    seen: (what: string, objectiveId: string, holds: (objective: Objective) => boolean) =>
      until(what, () => look(objectiveId), holds),
    /** all pages of a list */
    list: async <Item>(path: string, pagesMax = 50): Promise<Item[]> => {
      const items: Item[] = [];
      let cursor: string | undefined;
      for (let pages = 0; pages < pagesMax && (pages === 0 || cursor); pages += 1) {
        const place = cursor ? `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}` : '';
        const page = await get<Page<Item>>(`${path}${place}`);
        items.push(...page.items);
        cursor = page.cursor;
      }
      return items;
    },
  };
}

function bodyOf<T>({ status, text }: Answer): T {
  if (status >= 300) throw new Error(`the API answered ${status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}

export const problemIn = ({ text }: Answer): Problem => JSON.parse(text) as Problem;

export function expectProblem(answer: Answer, status: number, code: string, path?: string): Problem {
  expect(answer.status, answer.text).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const problem = problemIn(answer);
  expect(problem).toMatchObject({ type: 'about:blank', status, code });
  if (path !== undefined) expect(problem.errors?.map((error) => error.path)).toContain(path);
  return problem;
}

export const taskOf = ({ tasks }: Objective, id: string): Task => {
  const task = tasks.find((one) => one.id === id);
  if (!task) throw new Error(`there is no task ${id}`);
  return task;
};
