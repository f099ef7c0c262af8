import { describe, expect, it } from 'vitest';
import { type Candidate, chooseAgent } from './allocation.ts';
import { decideAfterFailure } from './failure.ts';
import { outcomeIn } from './outcome.ts';

const agent = (agentId: string, overrides: Partial<Candidate> = {}): Candidate => ({
  agentId,
  functionName: agentId,
  capabilities: ['work', 'other'],
  status: 'ready',
  concurrency: 10,
  succeeded: 0,
  failed: 0,
  running: 0,
  ...overrides,
});

describe('choosing an agent', () => {
  it.each([
    { when: 'nobody can do it', of: [agent('a', { capabilities: ['other'] })], then: 'nobody_capable' },
    { when: 'the one who can is lost', of: [agent('a', { status: 'lost' })], then: 'nobody_healthy' },
    { when: 'it is at 80 % of its places', of: [agent('a', { running: 8 })], then: 'all_busy' },
    { when: 'it is at 70 % of its places', of: [agent('a', { running: 7 })], then: 'a' },
    { when: 'it has one place and that is free', of: [agent('a', { concurrency: 1 })], then: 'a' },
    { when: 'one has the better record', of: [agent('a', { failed: 5 }), agent('b', { succeeded: 5 })], then: 'b' },
    { when: 'one is the specialist', of: [agent('a'), agent('b', { capabilities: ['work'] })], then: 'b' },
    { when: 'one is less busy', of: [agent('a', { running: 6 }), agent('b')], then: 'b' },
    { when: 'all is equal', of: [agent('b'), agent('a')], then: 'a' },
    { when: 'one did what this builds on', of: [agent('a'), agent('b')], near: ['b'], then: 'b' },
  ])('$when -> $then', ({ of, near = [], then }) => {
    const choice = chooseAgent('work', of, new Set(near));
    expect(choice.kind === 'allocated' ? choice.agent.agentId : choice.reason).toBe(then);
  });

  it('says why, and who came next', () => {
    const choice = chooseAgent('work', [agent('a', { succeeded: 9 }), agent('b')], new Set());
    expect(choice).toMatchObject({ why: expect.stringMatching(/^a at 0\.\d+, ahead of b at 0\.\d+$/) });
  });
});

describe('after a failed attempt', () => {
  it.each([
    {
      when: 'a wrong input',
      error: 'PermanentTaskError',
      attempt: 1,
      random: 0,
      then: { kind: 'dead_letter', reason: 'permanent' },
    },
    {
      when: 'a denied effect',
      error: 'EffectDenied',
      attempt: 1,
      random: 0,
      then: { kind: 'dead_letter', reason: 'permanent' },
    },
    {
      when: 'the first time-out',
      error: 'Sandbox.Timedout',
      attempt: 1,
      random: 0,
      then: { kind: 'retry', reason: 'transient', delayMs: 500 },
    },
    {
      when: 'with full jitter',
      error: 'Error',
      attempt: 1,
      random: 1,
      then: { kind: 'retry', reason: 'transient', delayMs: 1_000 },
    },
    {
      when: 'the fourth attempt',
      error: 'Error',
      attempt: 4,
      random: 0,
      then: { kind: 'retry', reason: 'transient', delayMs: 4_000 },
    },
    {
      when: 'the last attempt',
      error: 'Error',
      attempt: 5,
      random: 0,
      then: { kind: 'dead_letter', reason: 'attempts_exhausted' },
    },
  ])('$when', ({ error, attempt, random, then }) => {
    expect(decideAfterFailure({ name: error, message: '' }, attempt, 5, random)).toEqual(then);
  });

  it('never waits longer than five minutes', () => {
    expect(decideAfterFailure({ name: 'Error', message: '' }, 30, 100, 1)).toMatchObject({ delayMs: 300_000 });
  });
});

describe('what an agent sent', () => {
  const ids = { taskId: 'tsk_1', fence: 'f', agentId: 'agt_a', attempt: 1, startedAt: '2026-03-01T10:00:00Z' };
  it.each([
    { what: 'a result', body: { ...ids, result: 1 }, then: { kind: 'done', ...ids, result: 1 } },
    { what: 'no result', body: ids, then: { kind: 'done', ...ids, result: undefined } },
    {
      what: 'an error',
      body: { ...ids, error: { name: 'E', message: 'm' } },
      then: { kind: 'failed', ...ids, error: { name: 'E', message: 'm' } },
    },
    {
      what: "Lambda's record of a time-out",
      body: {
        version: '1.0',
        requestContext: { condition: 'RetriesExhausted' },
        requestPayload: ids,
        responsePayload: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 10.00 seconds' },
      },
      then: {
        kind: 'failed',
        ...ids,
        error: { name: 'Sandbox.Timedout', message: 'Task timed out after 10.00 seconds' },
      },
    },
    {
      what: "Lambda's record without an answer",
      body: { requestContext: { condition: 'EventAgeExceeded' }, requestPayload: ids },
      then: {
        kind: 'failed',
        ...ids,
        error: { name: 'AgentLost', message: 'The agent gave no answer (EventAgeExceeded)' },
      },
    },
    {
      what: "Lambda's record of an answer",
      body: { requestContext: { condition: 'Success' }, requestPayload: ids, responsePayload: { ...ids, result: 1 } },
      then: { kind: 'done', ...ids, result: 1 },
    },
    { what: 'something else', body: { hello: 1 }, then: undefined },
    { what: 'no JSON at all', body: undefined, then: undefined },
  ])('$what', ({ body, then }) => {
    expect(outcomeIn(body)).toEqual(then);
  });
});
