// A program that nobody trusts: it gets its data and gives its result, and whatever else it tries ends with itself.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SandboxCall, type SandboxEnd } from './sandbox-call.ts';
import { runInThread } from './sandbox-thread.client.ts';

const run = (code: string, more: object = {}): Promise<SandboxEnd> => runInThread(SandboxCall.parse({ code, ...more }));
const resultOf = async (code: string, more: object = {}) => {
  const end = await run(code, more);
  return end.kind === 'done' ? end.result : end;
};
const short = { limits: { cpuMs: 200 } };

describe('a program', () => {
  it('computes from its input, the results before it and its files, and gives a result, files and lines', async () => {
    const code = `
      const rows = files.read('in.csv').trim().split('\\n').map(Number);
      const sum = await Promise.resolve(rows.reduce((a, b) => a + b, 0));
      console.log('rows', rows.length, { sum });
      files.write('out.txt', String(sum * input.factor));
      return { sum, before: results.first.n, names: files.list() };`;
    const more = { input: { factor: 2 }, results: { first: { n: 7 } }, files: { 'in.csv': '1\n2\n3\n' } };
    expect(await run(code, more)).toMatchObject({
      kind: 'done',
      result: { sum: 6, before: 7, names: ['in.csv', 'out.txt'] },
      files: { 'out.txt': '12' },
      lines: ['rows 3 {"sum":6}'],
    });
  });
  it('that gives nothing gives null', async () => {
    expect(await resultOf('return undefined')).toBeNull();
  });
  it('knows nothing of an earlier one', async () => {
    await run('globalThis.left = 1; Array.prototype.push = () => { throw 1 }; files.write("x", "y")');
    expect(await resultOf('const a = []; a.push(1); return [typeof left, a.length, files.list()]')).toEqual([
      'undefined',
      1,
      [],
    ]);
  });
});

describe('nothing of the outside is in reach:', () => {
  const names = [
    'process',
    'require',
    'module',
    'fetch',
    'XMLHttpRequest',
    'WebAssembly',
    'Worker',
    'Deno',
    'Bun',
    'setTimeout',
    'importScripts',
    'navigator',
    'std',
    'os',
    'SharedArrayBuffer.constructor.prototype.process',
  ];
  it('no name that leads out, also where code is made at run time', async () => {
    const each = (how: string) => `names.map((name) => ${how}).filter((kind) => kind !== 'undefined')`;
    const code = `const names = ${JSON.stringify(names)}; const own = this.constructor.constructor;
      return [...${each('own("return typeof " + name)()')}, ...${each('(0, eval)("typeof " + name)')}]`;
    expect(await resultOf(`return (function () { return 1 }).constructor('return typeof process')()`)).toBe(
      'undefined',
    );
    expect(await resultOf(code.replaceAll('this.', '(() => {}).'))).toEqual([]);
  });
  it.each([
    ...[
      "return this.constructor.constructor('return process')().env",
      'return console.log.constructor("return process")()',
      'return files.read.constructor("return this.process.env")()',
    ],
    ...[
      'return (await import("node:fs")).readFileSync("/etc/passwd", "utf8")',
      'return (await import("/etc/passwd"))',
      'import fs from "fs"',
      'return require("fs")',
    ],
    ...[
      'return files.read("../../etc/passwd")',
      'return files.read("/etc/passwd")',
      'files.write("../x", "y")',
      'files.write("__proto__/x", "y")',
      'return files.read({ toString: () => "x" })',
    ],
    ...[
      'return arguments.callee.caller',
      'return (function f() { return f.caller })()',
      'throw { get name() { throw 1 } }',
      'throw null',
      'throw { toString: 1, message: Symbol() }',
    ],
    ...[
      '}); process.exit(1); (async () => {',
      '})(), globalThis.process.exit(), (async () => {',
      '}, 5',
      '/*',
      '`',
      '\u0000',
      'return import.meta.url',
    ],
  ])('%s fails', async (code) => {
    const end = await run(code);
    expect(end.kind).toBe('failed');
    expect(JSON.stringify(end)).not.toContain('root:');
  });
  it('not even names of our files in what an error says', async () => {
    const end = await run('try { null.x } catch (error) { return error.stack }');
    expect(JSON.stringify(end)).not.toMatch(/functions|agents|node:|file:/);
  });
  it.each([
    'Object.prototype.kind = "done"; Object.prototype.result = 1; Object.prototype.toJSON = () => "x"; return 2',
    'Array.prototype.toJSON = () => 1; String.prototype.toJSON = () => 2; return ["x"]',
    'JSON.stringify = () => "{}"; JSON.parse = null; Map.prototype.entries = null; return 1',
    'Object.defineProperty(globalThis, "Map", { value: null }); globalThis.String = null; return 1',
    'return JSON.parse(\'{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}\')',
    'Promise.prototype.then = () => { throw 1 }; return 1',
    'return new Proxy({}, { get: () => new Proxy({}, {}), ownKeys: () => ["a"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }) })',
    'return { get x() { return globalThis } }',
    'return { then(done) { done({ toJSON: () => ({ a: 1 }) }) } }',
  ])('tampering stays inside: %s', async (code) => {
    expect(['done', 'failed']).toContain((await run(code, short)).kind);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(JSON.stringify({ a: ['x'] })).toBe('{"a":["x"]}');
  });
});

describe('a limit is hard:', () => {
  it.each<[string, string, RegExp]>([
    ['an endless loop', 'for (;;);', /cpu/],
    ['an endless loop that catches everything', 'for (;;) try { for (;;); } catch {} finally { continue }', /cpu/],
    ['an endless generator', 'function* g() { for (;;) yield 1 } for (const x of g());', /cpu/],
    ['a flood of promises', 'const f = () => Promise.resolve().then(f); await f();', /cpu|memory|threw/],
    [
      'a wide flood of promises',
      'const f = () => { for (let i = 0; i < 1000; i++) Promise.resolve().then(f) }; f(); await 0',
      /cpu|memory|threw/,
    ],
    ['a regular expression that explodes', 'return /^(a+)+$/.test("a".repeat(40) + "b")', /cpu/],
    ['a getter that never ends, asked when the result is written', 'return { get x() { for (;;); } }', /cpu/],
    ['an error whose message never ends', 'throw { get message() { for (;;); } }', /cpu|memory|threw/],
    ['a toJSON that never ends', 'return { toJSON() { for (;;); } }', /cpu/],
    ['arrays without end', 'const a = []; for (;;) a.push(new Array(10000).fill(1));', /memory|cpu/],
    ['a text that doubles', 'let t = "x"; for (;;) t += t;', /memory|cpu|threw/],
    ['one very large block', 'return new Uint8Array(2 ** 30).length', /memory|threw/],
    ['a block that grows', 'const b = []; for (;;) b.push(new ArrayBuffer(1 << 20))', /memory|cpu/],
    ['files without end', 'for (let n = 0; ; n++) files.write("f" + n, "x".repeat(10000))', /memory|cpu/],
    ['very large numbers', 'let n = 3n; for (;;) n = n * n;', /memory|cpu|threw/],
    ['endless recursion', 'const f = () => f(); f();', /stack/],
    ['recursion through built-ins', 'const f = () => [1].map(f); f();', /stack/],
    ['recursion through toString', 'const o = { toString() { return "" + o } }; return "" + o', /stack/],
    ['code nested without end', 'return eval("[".repeat(30000) + "]".repeat(30000))', /stack|memory|threw|cpu/],
    ['JSON nested without end', 'return JSON.parse("[".repeat(100000))', /stack|threw/],
    [
      'a result nested without end',
      'let o = {}; for (let n = 0; n < 100000; n++) o = { o }; return o',
      /stack|memory|cpu|broke/,
    ],
    ['a circle', 'const o = {}; o.o = o; return o', /threw/],
    ['a huge result', 'return "x".repeat(200000)', /output/],
    ['a huge file', 'files.write("x", "y".repeat(200000))', /output/],
    ['a huge result in few letters', 'return "\\u20ac".repeat(40000)', /output/],
    ['a wait that never ends', 'await new Promise(() => {})', /never_settled/],
    ['a sort that never ends', '[3, 2, 1].sort(() => { for (;;); })', /cpu/],
    ['a sleep on shared memory', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0, 1e9)', /threw|cpu|wall/],
  ])('%s', async (_, code, reason) => {
    const startedMs = performance.now();
    const end = await run(code, { limits: { cpuMs: 300, memoryMb: 8 } });
    expect(end).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(reason),
      message: expect.stringMatching(/./),
    });
    expect(performance.now() - startedMs).toBeLessThan(8_000);
  });
  it('lines are kept up to a number and a length, and those before a failure are not lost', async () => {
    const end = await run('for (let n = 0; n < 1_000; n++) console.log("x".repeat(5000)); return 1', {
      limits: { cpuMs: 5_000, outputBytes: 150_000 },
    });
    expect(JSON.stringify(end).length).toBeLessThan(250_000);
    expect(await run('console.log("so far"); throw new Error("bad")')).toMatchObject({
      reason: 'threw',
      message: 'Error: bad',
      lines: ['so far'],
    });
  });
  it('a limit above the most, a name with folders and too many files are not taken', () => {
    for (const more of [
      { limits: { cpuMs: 20_000 } },
      { limits: { memoryMb: 1_000 } },
      { files: { '../x': '' } },
      { files: { x: 'x'.repeat(3_000_001) } },
      { code: '' },
      { fetch: true },
    ])
      expect(SandboxCall.safeParse({ code: 'return 1', ...more }).success, JSON.stringify(more).slice(0, 80)).toBe(
        false,
      );
  });
});

describe('beside hostile programs', () => {
  let neighbours: Promise<SandboxEnd[]>;
  beforeAll(() => {
    neighbours = Promise.all(
      ['for (;;);', 'const a = []; for (;;) a.push(new Array(10000).fill(1));'].map((code) =>
        run(code, { limits: { cpuMs: 1_000, memoryMb: 64 } }),
      ),
    );
  });
  it('an honest one gets its result', async () => {
    expect(await resultOf('return [1, 2, 3].map((n) => n * n)')).toEqual([1, 4, 9]);
  });
  afterAll(async () => {
    expect((await neighbours).map(({ kind }) => kind)).toEqual(['failed', 'failed']);
  });
});
