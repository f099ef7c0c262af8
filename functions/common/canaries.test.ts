// Thirty planted secrets and persons go through success, refusal, error, time-out and crash of real functions: none of
// them is in a log, or in what a failed call answers (which Step Functions and destinations write down).
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionResources, startApp } from '../../local/test-assembly.ts';
import { CANARIES } from './mask.test-support.ts';

const PROBE = `
  import * as z from 'zod';
  import { lambda, logger } from './lambda.ts';
  import { reporting } from '../agents/report-outcome.ts';
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const failing = (texts) => Object.assign(new Error(texts.join('\\n'), { cause: new Error(texts.join(' ')) }), { detail: texts[0] });
  export const success = lambda(z.any(), async ({ texts }) => {
    for (const text of texts) {
      logger.info(text, { about: { text, list: [text] } });
      logger.warn('it went wrong', { error: new Error(text, { cause: new Error(text) }) });
      logger.error('it went wrong', new Error(text));
    }
    logger.appendKeys({ who: texts[0] });
    logger.info('done');
  });
  export const refused = lambda(z.object({ texts: z.array(z.enum(['x'])) }), async () => {});
  export const error = lambda(z.any(), async ({ texts }) => { throw failing(texts); });
  export const timeout = lambda(z.any(), async ({ texts }) => { logger.info('begun', { texts }); await pause(60_000); });
  export const rejection = lambda(z.any(), async ({ texts }) => { void Promise.reject(failing(texts)); await pause(5_000); });
  export const crash = lambda(z.any(), async ({ texts }) => { setTimeout(() => { throw failing(texts); }); await pause(5_000); });
  export const agent = reporting(async ({ texts }) => { throw failing(texts); });
`;
const ENDS = ['success', 'refused', 'error', 'timeout', 'rejection', 'crash', 'agent'];

let runtime: Awaited<ReturnType<typeof startApp>>;

beforeAll(async () => {
  const stdin = { contents: PROBE, resolveDir: import.meta.dirname, loader: 'ts' as const };
  const js = "import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url);";
  const { outputFiles } = await build({
    ...{ stdin, bundle: true, write: false, format: 'esm', platform: 'node', mainFields: ['module', 'main'] },
    banner: { js },
  });
  const resources = Object.assign(
    {},
    ...ENDS.map((end) => functionResources(end, `probe.${end}`, { Timeout: end === 'timeout' ? 1 : 10 })),
  );
  runtime = await startApp({ files: { 'probe.mjs': outputFiles[0]?.text ?? '' }, resources });
}, 60_000);
afterAll(() => runtime.stop());

const texts = CANARIES.map(({ text }) => text);
const call = { taskId: 't', fence: 'f', agentId: 'a', attempt: 1, startedAt: '2026-01-01T00:00:00Z' };

describe('30 canaries', () => {
  it('are at least that many', () => {
    expect(new Set(CANARIES.map(({ text }) => text)).size).toBeGreaterThanOrEqual(30);
  });

  it.each(ENDS)('are not in what %s answers', async (end) => {
    const { payload, functionError } = await runtime.invoke(end, { ...call, texts });
    expect(functionError).toBe(['success', 'agent'].includes(end) ? undefined : 'Unhandled');
    expect(CANARIES.filter(({ secret }) => JSON.stringify(payload).includes(secret))).toEqual([]);
  });

  it('are in no log, although each end was logged', async () => {
    await runtime.stop();
    const logs = globSync('**/*.log', { cwd: join(runtime.folder, 'data/logs') });
    expect(logs.sort()).toEqual(
      ENDS.filter((end) => end !== 'agent')
        .map((end) => `${end}.log`)
        .sort(),
    );
    const text = logs.map((file) => readFileSync(join(runtime.folder, 'data/logs', file), 'utf8')).join('\n');
    expect(text.match(/\[e-mail\]/g)?.length).toBeGreaterThan(20);
    const decoded = text.replaceAll('\\"', '"').replaceAll('\\n', '\n');
    expect(CANARIES.filter(({ secret }) => text.includes(secret) || decoded.includes(secret))).toEqual([]);
    expect(JSON.stringify(runtime.logs)).not.toContain('anna');
  });
});
