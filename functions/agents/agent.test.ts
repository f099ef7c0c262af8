// The frame around every built-in agent: pings, refused calls, deadlines, the fence that is echoed, and the drill's modes.
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { AgentCall } from '../common/agent-call.ts';
import { runAgent } from './agent.ts';
import { PermanentTaskError, TransientTaskError } from './errors.ts';
import { misbehave as drillSkill, fractionOf } from './skills/misbehave.ts';
import { noop } from './skills/noop.ts';

const idler = runAgent({ capabilities: { noop } });
const drill = runAgent({ capabilities: { 'drill.misbehave': drillSkill } });

const aCall = (changes: Partial<AgentCall> = {}): AgentCall => ({
  taskId: 'tsk_1_0',
  fence: 'f1',
  agentId: 'agt_noop',
  attempt: 1,
  startedAt: '2026-03-01T10:00:00Z',
  capability: 'noop',
  title: 'Rest',
  parameters: {},
  objective: { objectiveId: 'obj_1', text: 'Rest' },
  inputs: [],
  dependencies: {},
  deadlineAt: '2999-01-01T00:00:00.000Z',
  ...changes,
});

describe('an agent', () => {
  it('answers a ping with what it can do', async () => {
    const agent = runAgent({ capabilities: { a: () => 1, b: () => 2 } });
    expect(await agent({ ping: true, agentId: 'agt_x' }, { functionVersion: '7' })).toEqual({
      agentId: 'agt_x',
      status: 'READY',
      capabilities: ['a', 'b'],
      version: '7',
    });
  });

  it('echoes task and fence with the result', async () => {
    expect(await idler(aCall({ parameters: { note: 'hm' } }))).toEqual({
      taskId: 'tsk_1_0',
      fence: 'f1',
      result: { done: true, note: 'hm' },
    });
  });

  it.each([
    {
      when: 'an unknown capability',
      call: aCall({ capability: 'fly' }),
      says: /agt_noop has no capability fly; it has noop/,
    },
    { when: 'a capability of every object', call: aCall({ capability: 'toString' }), says: /no capability toString/ },
    { when: 'a call without fence', call: { ...aCall(), fence: undefined }, says: /fence/ },
    { when: 'no call', call: null, says: /contract/ },
    { when: 'wrong parameters', call: aCall({ parameters: { delayMs: -1 } }), says: /delayMs/ },
  ])('refuses $when for good', async ({ call, says }) => {
    await expect(idler(call)).rejects.toThrow(PermanentTaskError);
    await expect(idler(call)).rejects.toThrow(says);
  });

  it('does not begin after the deadline', async () => {
    let begun = false;
    const agent = runAgent({
      capabilities: { noop: () => (begun = true) },
      now: () => Date.parse('2999-01-01T00:00:00Z'),
    });
    await expect(agent(aCall())).rejects.toThrow(TransientTaskError);
    expect(begun).toBe(false);
  });

  it('has time when the deadline is far', async () => {
    expect(await idler(aCall({ parameters: { delayMs: 20 } }))).toMatchObject({ result: { done: true } });
  });

  it('ends at the deadline and tells the skill', async () => {
    let told: unknown;
    const hang = ({ signal }: { signal: AbortSignal }) =>
      new Promise(() => signal.addEventListener('abort', () => (told = signal.reason)));
    const agent = runAgent({ capabilities: { noop: hang }, now: () => Date.parse('2999-01-01T00:00:00Z') - 5 });
    await expect(agent(aCall())).rejects.toThrow(/deadline/);
    expect(told).toBeInstanceOf(TransientTaskError);
  });
});

describe('the drill', () => {
  const misbehave = (parameters: Record<string, unknown>, fence = 'f1') =>
    drill(aCall({ capability: 'drill.misbehave', parameters, fence }));

  it('behaves, throws each kind of error, and answers garbage', async () => {
    expect(await misbehave({})).toMatchObject({ result: { drill: 'ok' } });
    expect(await misbehave({ mode: 'garbage' })).toMatchObject({ result: ['not', 'what', 'was', 'promised'] });
    await expect(misbehave({ mode: 'throw' })).rejects.toMatchObject({ name: 'Error' });
    await expect(misbehave({ mode: 'transient' })).rejects.toMatchObject({ name: 'TransientTaskError' });
    await expect(misbehave({ mode: 'permanent' })).rejects.toMatchObject({ name: 'PermanentTaskError' });
    await expect(misbehave({ mode: 'explode' })).rejects.toMatchObject({ name: 'PermanentTaskError' });
  });

  it('with a share misbehaves on that share of attempts, always on the same ones', async () => {
    const fences = Array.from({ length: 400 }, (_, n) => `fence-${n}`);
    const failed = fences.filter((fence) => fractionOf(fence) < 0.25);
    expect(failed.length).toBeGreaterThan(70);
    expect(failed.length).toBeLessThan(130);
    await expect(misbehave({ mode: 'throw', share: 0.25 }, failed[0])).rejects.toThrow();
    expect(
      await misbehave(
        { mode: 'throw', share: 0.25 },
        fences.find((fence) => !failed.includes(fence)),
      ),
    ).toBeDefined();
  });

  it.each(['loop', 'exit', 'leak'])('%s takes its worker down or keeps it busy, and nothing else', async (mode) => {
    const moduleAt = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const code = `const { runAgent } = await import(${moduleAt('./agent.ts')});
      const { misbehave } = await import(${moduleAt('./skills/misbehave.ts')});
      const handler = runAgent({ capabilities: { 'drill.misbehave': misbehave } });
      const { parentPort } = await import('node:worker_threads');
      parentPort.postMessage('begun');
      await handler(${JSON.stringify(aCall({ capability: 'drill.misbehave', parameters: { mode } }))});
      parentPort.postMessage('done');`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    const seen: string[] = [];
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    worker.on('message', (message) => {
      seen.push(message);
      if (mode === 'loop') void worker.terminate();
    });
    worker.on('error', (error) => resolve((error as NodeJS.ErrnoException).code ?? error.message));
    worker.on('exit', (exitCode) => resolve(`exit ${exitCode}`));
    expect(await ended).toBe(mode === 'leak' ? 'ERR_WORKER_OUT_OF_MEMORY' : 'exit 1');
    expect(seen).toEqual(['begun']);
  });
});
