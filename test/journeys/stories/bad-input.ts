// Whatever comes in wrong is refused with the field or the line, leaves nothing behind, and the API stays up.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Client, expectProblem, type Page, type Sent } from '../client.ts';
import { task } from '../plans.ts';

type Fault = { what: string; body: object; path: string; expected?: RegExp };

const FAULTS: Fault[] = [
  { what: 'an unknown field', body: { text: 'x', colour: 'red' }, path: 'colour' },
  { what: 'a wrong type', body: { text: 5 }, path: 'text', expected: /string/ },
  { what: 'a number as text', body: { text: 'x', impact: '8' }, path: 'impact', expected: /number/ },
  { what: 'impact 11', body: { text: 'x', impact: 11 }, path: 'impact', expected: /at most 10/ },
  { what: 'an empty text', body: { text: ' \n ' }, path: 'text', expected: /not empty/ },
  { what: 'no text', body: {}, path: 'text' },
  {
    what: 'urgency and a deadline',
    body: { text: 'x', urgency: 'days', deadline: '2030-01-01T00:00:00Z' },
    path: 'deadline',
  },
  {
    what: 'an input without content',
    body: { text: 'x', inputs: [{ name: 'a' }] },
    path: 'inputs[0]',
    expected: /content/,
  },
  {
    what: 'an artifact that nobody uploaded',
    body: { text: 'x', inputs: [{ name: 'a', artifactId: `art_${'0'.repeat(26)}` }] },
    path: 'inputs[0].artifactId',
  },
  {
    what: 'an unknown capability',
    body: { text: 'x', plan: [task('a', 'noopp')] },
    path: 'plan[0].capability',
    expected: /did you mean noop/,
  },
  {
    what: 'parameters that do not fit the capability',
    body: { text: 'x', plan: [task('a', 'noop', { delayMs: 'long' })] },
    path: 'plan[0].parameters.delayMs',
  },
  {
    what: 'a dangling dependency',
    body: { text: 'x', plan: [task('a', 'noop'), task('b', 'noop', {}, ['a', 'c'])] },
    path: 'plan[1].dependsOn[1]',
  },
  {
    what: 'a cycle',
    body: {
      text: 'x',
      plan: [task('a', 'noop', {}, ['c']), task('b', 'noop', {}, ['a']), task('c', 'noop', {}, ['b'])],
    },
    path: 'plan[0].dependsOn[0]',
    expected: /no cycle/,
  },
  {
    what: 'two tasks of one id',
    body: { text: 'x', plan: [task('a', 'noop'), task('a', 'noop')] },
    path: 'plan[1].id',
  },
];

const LISTS = ['/objectives', '/agents', '/effects', '/audit', '/audit/export', '/tasks?status=dead_letter'];

/** `bodyLimit` is false where what stands before the API takes bodies of any size. */
export function badInputStories(api: Client, { bodyLimit }: { bodyLimit: boolean }): void {
  const submit = (sent: Sent) => api.call('POST', '/api/v1/objectives', sent);
  const newest = async () =>
    (await api.get<Page<{ objectiveId: string }>>('/objectives?limit=1')).items[0]?.objectiveId;

  describe('bad input', () => {
    it.each(FAULTS)('$what is refused, and nothing is stored', async ({ body, path, expected }) => {
      const before = await newest();
      const problem = expectProblem(await submit({ body }), 400, 'invalid_request', path);
      expect(problem.errors?.find((error) => error.path === path)?.expected).toMatch(expected ?? /./);
      expect(await newest()).toBe(before);
    });

    it('every fault of a request is named at once', async () => {
      const { errors } = expectProblem(await submit({ body: { impact: 0, urgency: 'soon' } }), 400, 'invalid_request');
      expect(errors?.map(({ path }) => path).sort()).toEqual(['impact', 'text', 'urgency']);
    });

    it.each(['{"text": ', '', '[', '\u0000', 'text=x'])('%j is not JSON', async (raw) => {
      expectProblem(await submit({ raw }), 400, 'malformed_json', '(body)');
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'image/png'])('%s is not taken', async (type) => {
      const before = await newest();
      const answer = await submit({ raw: '{"text":"x"}', headers: { 'content-type': type } });
      expectProblem(answer, 415, 'not_json', 'content-type');
      expect(await newest()).toBe(before);
    });

    it.skipIf(!bodyLimit)('a body of more than 10 MB is too large', async () => {
      const before = await newest();
      const { status } = await submit({
        body: { text: 'x', inputs: [{ name: 'a', content: 'y'.repeat(10_600_000) }] },
      });
      expect(status).toBe(413);
      expect(await newest()).toBe(before);
    });

    it('an input of more than 64 KB belongs into an artifact', async () => {
      const body = { text: 'x', inputs: [{ name: 'a', content: 'y'.repeat(65_537) }] };
      const { errors } = expectProblem(await submit({ body }), 400, 'invalid_request', 'inputs[0].content');
      expect(errors?.[0]?.expected).toContain('uploaded as an artifact');
    });

    it.each(LISTS)('a cursor that %s did not give is refused', async (list) => {
      for (const cursor of ['garbage', '9999-12-31|x', 'bnVsbA', '%00']) {
        const answer = await api.call('GET', `/api/v1${list}${list.includes('?') ? '&' : '?'}cursor=${cursor}`);
        expectProblem(answer, 400, 'invalid_request', 'cursor');
      }
    });

    it.each(['/objectives/obj_none', '/tasks/tsk_none', '/effects/eff_none', '/audit/aud_none', '/agents/agt_none'])(
      '%s does not exist',
      async (path) => {
        const { status, text } = await api.call('GET', `/api/v1${path}`);
        expect([status, JSON.parse(text).code]).toEqual([404, expect.stringMatching(/^no_such_/)]);
      },
    );

    it.each([
      ['GET', '/api/v1/nothing'],
      ['DELETE', '/api/v1/objectives'],
      ['PUT', '/api/v1/control'],
    ])('%s %s is not served', async (method, path) => {
      expectProblem(await api.call(method, path), 404, 'no_such_route');
    });
  });

  describe('the same request again', () => {
    const body = { text: 'Once only', plan: [task('a', 'noop')] };

    it('gets the same answer and stores nothing new', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      const first = await submit({ body, headers });
      expect(first.status).toBe(201);
      const stored = await newest();
      const again = await submit({ body, headers });
      expect([again.status, again.text]).toEqual([201, first.text]);
      expect(await newest()).toBe(stored);
    });

    it('sent at once many times is stored once', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      const answers = await Promise.all(Array.from({ length: 5 }, () => submit({ body, headers })));
      const ids = answers.filter(({ status }) => status === 201).map(({ text }) => JSON.parse(text).objectiveId);
      expect(new Set(ids).size).toBe(1);
      expect(answers.filter(({ status }) => status !== 201).map(({ text }) => text)).toEqual([]);
    });

    it('with another body is in conflict', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      expect((await submit({ body, headers })).status).toBe(201);
      const stored = await newest();
      const other = await submit({ body: { ...body, text: 'Something else' }, headers });
      expectProblem(other, 409, 'idempotency_key_reused', 'Idempotency-Key');
      expect(await newest()).toBe(stored);
    });
  });
}
