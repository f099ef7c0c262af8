// Thirty planted secrets and persons go through success, refusal, error, time-out and crash of real functions: none of
// them is in a log, in what a failed call answers, or in what a state machine that calls them writes down.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionResources, startApp } from '../../local/test-assembly.ts';
import { CANARIES } from './mask.test-support.ts';

const PROBE = `
  import * as z from 'zod';
  import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
  import { lambda, logger } from './lambda.ts';
  import { CANARIES } from './mask.test-support.ts';
  import { reporting } from '../agents/report-outcome.ts';
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const own = CANARIES.map(({ text }) => text);
  const failing = (texts) => Object.assign(new Error(texts.join('\\n'), { cause: new Error(texts.join(' ')) }), { detail: texts[0] });
  export const start = async ({ arn }) => (await new SFNClient().send(new StartExecutionCommand({ stateMachineArn: arn, input: '{}' }))).executionArn;
  export const look = async (executionArn) => (await new SFNClient().send(new DescribeExecutionCommand({ executionArn }))).status;
  export const success = lambda(z.any(), async ({ texts = own }) => {
    for (const text of texts) {
      logger.info(text, { about: { text, list: [text] } });
      logger.warn('it went wrong', { error: new Error(text, { cause: new Error(text) }) });
      logger.error('it went wrong', new Error(text));
    }
    logger.appendKeys({ who: texts[0] });
    logger.info('done');
  });
  export const refused = lambda(z.object({ texts: z.array(z.enum(['x'])) }), async () => {});
  export const error = lambda(z.any(), async ({ texts = own }) => { throw failing(texts); });
  export const timeout = lambda(z.any(), async ({ texts = own }) => { logger.info('begun', { texts }); await pause(60_000); });
  export const rejection = lambda(z.any(), async ({ texts = own }) => { void Promise.reject(failing(texts)); await pause(5_000); });
  export const crash = lambda(z.any(), async ({ texts = own }) => { setTimeout(() => { throw failing(texts); }); await pause(5_000); });
  export const agent = reporting(async ({ texts = own }) => { throw failing(texts); });
`;
const ENDS = ['success', 'refused', 'error', 'timeout', 'rejection', 'crash', 'agent'];

const allowed = (service: string, Action: string) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service: service } }] },
    Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: '*' }] } }],
  },
});

/** One after the other, whatever becomes of each; what it failed with goes on as the input of the next. */
function machine() {
  const task = (end: string, next?: string) => ({
    Type: 'Task',
    Resource: `arn:aws:lambda:eu-central-1:000000000000:function:${end}`,
    Parameters: { ...call, 'before.$': '$' },
    ResultPath: `$.${end}`,
    Catch: next ? [{ ErrorEquals: ['States.ALL'], ResultPath: `$.${end}`, Next: next }] : [],
    ...(next ? { Next: next } : { End: true }),
  });
  const States = Object.fromEntries(ENDS.map((end, index) => [end, task(end, ENDS[index + 1])]));
  return {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: 'all',
      RoleArn: { 'Fn::GetAtt': ['machineRole', 'Arn'] },
      DefinitionString: JSON.stringify({ StartAt: ENDS[0], States }),
    },
  };
}

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
  const rights = [{ Effect: 'Allow', Action: 'states:*', Resource: '*' }];
  const asking = ['start', 'look'].map((name) => functionResources(name, `probe.${name}`, {}, rights));
  Object.assign(resources, ...asking, {
    machine: machine(),
    machineRole: allowed('states.amazonaws.com', 'lambda:InvokeFunction'),
  });
  runtime = await startApp({
    files: { 'probe.mjs': outputFiles[0]?.text ?? '' },
    resources,
    rest: { Outputs: { MachineArn: { Value: { Ref: 'machine' } } } },
  });
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

  it('went through a state machine that calls all of them', async () => {
    const { payload } = await runtime.invoke('start', { arn: runtime.outputs.MachineArn });
    let status = 'RUNNING';
    while (status === 'RUNNING') {
      await wait(100);
      status = String((await runtime.invoke('look', payload)).payload);
    }
    expect(status).toBe('SUCCEEDED');
  }, 60_000);

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

  it('are in no payload and no history of the state machine', () => {
    const db = new DatabaseSync(join(runtime.folder, 'data/store.sqlite'), { readOnly: true });
    const of = (table: string) => db.prepare(`SELECT * FROM rt_states_${table}`).all();
    const text = JSON.stringify([...of('executions'), ...of('history'), ...of('frames')]);
    db.close();
    expect(text.match(/LambdaFunctionFailed|LambdaFunctionTimedOut/g)?.length).toBe(5);
    expect(text).toContain('[e-mail]');
    const decoded = text.replaceAll(/\\+"/g, '"').replaceAll(/\\+n/g, '\n');
    expect(CANARIES.filter(({ secret }) => text.includes(secret) || decoded.includes(secret))).toEqual([]);
  });
});
