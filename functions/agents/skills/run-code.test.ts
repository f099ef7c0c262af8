// What a program gets is gathered before it runs, from where it may come from and nowhere else.
import { describe, expect, it } from 'vitest';
import type { CrawlAnswer } from '../../common/crawl.client.ts';
import type { SandboxCall, SandboxEnd } from '../sandbox-call.ts';
import { aWork } from '../work.test-support.ts';
import { runCode } from './run-code.ts';

const done: SandboxEnd = { kind: 'done', result: 1, files: {}, lines: [], cpuMs: 3 };
const page = (status: number, text: string): CrawlAnswer => ({
  kind: 'answered',
  status,
  headers: {},
  body: Buffer.from(text),
  url: '',
  hops: 0,
});

function working(end: SandboxEnd = done, answer: CrawlAnswer = page(200, 'the page')) {
  const calls: SandboxCall[] = [];
  const asked: string[] = [];
  const run = async (call: SandboxCall) => {
    calls.push(call);
    return end;
  };
  const skill = runCode({
    run,
    crawl: async ({ url }) => {
      asked.push(url);
      return answer;
    },
  });
  return {
    calls,
    asked,
    work: (parameters: Record<string, unknown>, more = {}) => Promise.resolve(skill(aWork({ parameters, ...more }))),
  };
}

describe('a program', () => {
  it('gets its input, inline files, inputs, pages and the results before it', async () => {
    const { work, calls, asked } = working();
    const more = {
      inputs: [
        { name: 'a.csv', mediaType: 'text/csv', content: '1,2' },
        { name: 'b.csv', mediaType: 'text/csv', url: 'https://bucket.example/b' },
      ],
      download: async () =>
        (async function* () {
          yield Buffer.from('3,');
          yield Buffer.from('4');
        })(),
      dependencies: { first: { title: 'First', result: { n: 1 } } },
    };
    const parameters = {
      code: 'return 1',
      input: { x: 1 },
      files: { 'c.txt': 'c' },
      inputs: ['a.csv', 'b.csv'],
      fetch: [{ url: 'https://api.org/x', as: 'page.txt' }],
    };
    expect(await work(parameters, more)).toEqual({ kind: 'sandbox', result: 1, files: {}, lines: [], cpuMs: 3 });
    expect(calls).toEqual([
      {
        code: 'return 1',
        input: { x: 1 },
        results: { first: { n: 1 } },
        files: { 'a.csv': '1,2', 'b.csv': '3,4', 'c.txt': 'c', 'page.txt': 'the page' },
        limits: { cpuMs: 1_000, memoryMb: 32, outputBytes: 100_000 },
      },
    ]);
    expect(asked).toEqual(['https://api.org/x']);
  });

  it.each<[string, SandboxEnd | undefined, CrawlAnswer | undefined, object, string]>([
    [
      'a program that fails',
      { kind: 'failed', reason: 'threw', message: 'Error: bad', lines: ['so far'], cpuMs: 1 },
      undefined,
      {},
      'PermanentTaskError',
    ],
    [
      'a program that took too long',
      { kind: 'failed', reason: 'wall_limit', message: 'late', lines: [], cpuMs: 1 },
      undefined,
      {},
      'TransientTaskError',
    ],
    [
      'a page that may not be read',
      undefined,
      { kind: 'refused', reason: 'robots_disallow', detail: '/x', url: '' },
      { fetch: [{ url: 'https://x.org/x', as: 'x' }] },
      'PermanentTaskError',
    ],
    [
      'a page that does not answer',
      undefined,
      { kind: 'failed', reason: 'timeout', detail: '', url: '' },
      { fetch: [{ url: 'https://x.org/x', as: 'x' }] },
      'TransientTaskError',
    ],
    [
      'a page that is not there',
      undefined,
      page(404, ''),
      { fetch: [{ url: 'https://x.org/x', as: 'x' }] },
      'PermanentTaskError',
    ],
    [
      'a page whose host is down',
      undefined,
      page(503, ''),
      { fetch: [{ url: 'https://x.org/x', as: 'x' }] },
      'TransientTaskError',
    ],
    ['an input that is not there', undefined, undefined, { inputs: ['x'] }, 'PermanentTaskError'],
    ['a limit above the most', undefined, undefined, { limits: { cpuMs: 60_000 } }, 'PermanentTaskError'],
    ['a file outside of its own', undefined, undefined, { files: { '../x': '' } }, 'PermanentTaskError'],
    ['something that is no parameter', undefined, undefined, { allow: ['evil.org'] }, 'PermanentTaskError'],
  ])('%s ends the attempt', async (_, end, answer, parameters, name) => {
    const { work } = working(end, answer);
    await expect(work({ code: 'return 1', ...parameters })).rejects.toMatchObject({ name });
  });
});
