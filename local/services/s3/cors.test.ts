import { describe, expect, it } from 'vitest';
import type { ApiRequest } from '../../service.ts';
import { preflightAnswer, readableBy } from './cors.ts';

const rules = [{ AllowedOrigins: ['http://127.0.0.1:4400'], AllowedMethods: ['PUT'] }];
const asked = (headers: Record<string, string>, method = 'OPTIONS') => ({ method, headers }) as unknown as ApiRequest;
const page = { origin: 'http://127.0.0.1:4400' };

describe('CORS of a bucket', () => {
  it.each([
    {
      when: 'the origin and the method fit',
      headers: { ...page, 'access-control-request-method': 'PUT' },
      status: 200,
    },
    { when: 'the method does not fit', headers: { ...page, 'access-control-request-method': 'DELETE' }, status: 403 },
    {
      when: 'another origin asks',
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'PUT' },
      status: 403,
    },
    { when: 'no origin is given', headers: { 'access-control-request-method': 'PUT' }, status: 403 },
  ])('$when -> $status', ({ headers, status }) => {
    expect(preflightAnswer(rules, asked(headers)).status).toBe(status);
  });

  it('lets only an allowed page read the answer', () => {
    const answer = { status: 200, body: '' };
    expect(readableBy(answer, rules, asked(page, 'PUT')).headers).toMatchObject({
      'access-control-allow-origin': page.origin,
    });
    expect(readableBy(answer, rules, asked(page, 'GET')).headers).toBeUndefined();
    expect(readableBy(answer, rules, asked({}, 'PUT')).headers).toBeUndefined();
  });
});
