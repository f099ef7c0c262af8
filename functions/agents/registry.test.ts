import { describe, expect, it } from 'vitest';
import { actingAs, actingAsPrincipal } from '../common/http.test-support.ts';
import { openSqlite } from '../common/table-sqlite.ts';
import type { ControlFlags } from '../safety/control-flags.ts';
import { agentsIn } from './agents.store.ts';
import { AgentDeclaration } from './declaration.ts';
import { greetAgent } from './greet-agent.ts';
import { MissingAgentFunction, registerDeclared, registerFromOutside } from './register-agents.ts';
import { reporting } from './report-outcome.ts';
import { routes } from './routes.ts';

const declared = (overrides: object = {}) =>
  AgentDeclaration.parse({
    id: 'agt_a',
    title: 'A',
    role: 'Does a.',
    department: 'CMO',
    capabilities: ['work'],
    transport: 'builtin',
    function: 'run-a',
    ...overrides,
  });
const outside = () => declared({ id: 'agt_out', transport: 'pull', function: undefined });

function aRegistry(pong: unknown = { agentId: 'agt_a', status: 'READY', capabilities: ['work'], version: '1' }) {
  const tables = openSqlite(':memory:');
  tables.defineTable({ name: 'agents', indexes: [{ name: 'roster' }], stream: true });
  const told: { detailType: string; detail: unknown }[] = [];
  const now = () => new Date('2026-03-01T10:00:00Z');
  const announce = async (event: { detailType: string }, detail: unknown) =>
    void told.push({ detailType: event.detailType, detail });
  const agents = agentsIn(tables, 'agents');
  const flags: ControlFlags = { swarm: 'active', killed: false, reason: '-', by: '-', at: '-' };
  return {
    told,
    flags,
    agents,
    now,
    deps: { agents, now, announce, call: async () => pong },
    http: routes({
      tables,
      table: 'agents',
      agents,
      announce,
      now,
      newCredential: () => 'credential',
      flags: async () => flags,
    }),
  };
}

describe('registering', () => {
  it('registers all or none', async () => {
    const { deps, agents } = aRegistry();
    await expect(
      registerDeclared([declared(), declared({ id: 'agt_b', function: 'run-b' })], { 'run-a': 'fn-a' }, deps),
    ).rejects.toThrow(MissingAgentFunction);
    expect((await agents.list({ limit: 10 })).items).toEqual([]);
    expect(await registerDeclared([declared()], { 'run-a': 'fn-a' }, deps)).toEqual({ agents: [{ agentId: 'agt_a' }] });
  });

  it('keeps the status when it is done again', async () => {
    const { deps, agents } = aRegistry();
    await registerDeclared([declared()], { 'run-a': 'fn-a' }, deps);
    await greetAgent('agt_a', deps);
    await registerDeclared([declared({ title: 'Anew' })], { 'run-a': 'fn-a' }, deps);
    expect(await agents.get('agt_a')).toMatchObject({ status: 'ready', title: 'Anew' });
  });

  it('gives an agent from outside a credential that is stored as a digest only', async () => {
    const { deps, agents } = aRegistry();
    const joined = await registerFromOutside(outside(), 'operator', { ...deps, newCredential: () => 'secret' });
    expect(joined?.credential).toBe('secret');
    expect(JSON.stringify(await agents.get('agt_out'))).not.toContain('"secret"');
    expect(
      await registerFromOutside(outside(), 'operator', { ...deps, newCredential: () => 'secret' }),
    ).toBeUndefined();
  });
});

describe('greeting', () => {
  it('announces an agent that answers READY', async () => {
    const { deps, told } = aRegistry();
    await registerDeclared([declared({ concurrency: 3 })], { 'run-a': 'fn-a' }, deps);
    expect(await greetAgent('agt_a', deps)).toMatchObject({ status: 'ready' });
    expect(told).toEqual([
      {
        detailType: 'agents.AgentReady',
        detail: expect.objectContaining({ functionName: 'run-a', capabilities: ['work'], concurrency: 3 }),
      },
    ]);
  });

  it.each([
    { what: 'an answer that is none', pong: null, reason: 'none' },
    {
      what: 'a missing capability',
      pong: { agentId: 'agt_a', status: 'READY', capabilities: [], version: '1' },
      reason: 'work',
    },
  ])('counts an agent with $what as lost', async ({ pong, reason }) => {
    const { deps, told } = aRegistry(pong);
    await registerDeclared([declared()], { 'run-a': 'fn-a' }, deps);
    expect(await greetAgent('agt_a', deps)).toMatchObject({ status: 'lost', reason: expect.stringContaining(reason) });
    expect(told.map(({ detailType }) => detailType)).toEqual(['agents.AgentLost']);
  });
});

const BOTH = actingAs('captain', 'operator');
const AGENT = (agentId: string) => actingAsPrincipal(agentId, 'agent');

describe('over HTTP', () => {
  it('joins, beats, is listed without its credential, and leaves', async () => {
    const { http, told, flags } = aRegistry();
    const post = (path: string, body?: object) =>
      http.request(
        path,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: body && JSON.stringify(body),
        },
        BOTH,
      );
    const joined = await post('/api/v1/agents', { ...outside(), function: undefined });
    expect(joined.status).toBe(201);
    expect(await joined.json()).toMatchObject({
      agentId: 'agt_out',
      status: 'registered',
      credential: expect.any(String),
    });
    const beat = (as: string) => http.request('/api/v1/agents/agt_out/heartbeat', { method: 'POST' }, AGENT(as));
    expect(await (await beat('agt_out')).json()).toMatchObject({ status: 'ready', mayAct: true, whyNot: null });
    flags.stopped = new Set(['agent:agt_out']);
    expect(await (await beat('agt_out')).json()).toMatchObject({ mayAct: false, whyNot: 'stopped agent:agt_out' });
    const listed = await (await http.request('/api/v1/agents', {}, BOTH)).text();
    expect(listed).toContain('agt_out');
    expect(listed).not.toMatch(/credential/i);
    expect((await http.request('/api/v1/agents/agt_out', { method: 'DELETE' }, BOTH)).status).toBe(204);
    expect((await http.request('/api/v1/agents/agt_out', {}, BOTH)).status).toBe(404);
    expect(told.at(-1)?.detailType).toBe('agents.AgentDeregistered');
  });

  it('tells an agent nothing of another: as if there were none', async () => {
    const { http, deps } = aRegistry();
    const { agents } = deps;
    await registerFromOutside(outside(), 'operator', { ...deps, newCredential: () => 'secret' });
    const before = await agents.get('agt_out');
    const beat = async (path: string) => {
      const answer = await http.request(`/api/v1/agents/${path}/heartbeat`, { method: 'POST' }, AGENT('agt_other'));
      return (await answer.text()).replaceAll(path, 'ID');
    };
    expect(await beat('agt_out')).toBe(await beat('agt_nobody'));
    expect(await beat('agt_out')).toContain('no_such_agent');
    expect(await agents.get('agt_out')).toEqual(before);
  });

  it('keeps neither the credential nor the answer that showed it, also under an Idempotency-Key', async () => {
    const { http, agents, told } = aRegistry();
    const join = () =>
      http.request(
        '/api/v1/agents',
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': 'once' },
          body: JSON.stringify({ ...outside(), function: undefined }),
        },
        BOTH,
      );
    expect(await (await join()).json()).toMatchObject({ credential: 'credential' });
    expect(await (await join()).json()).toMatchObject({ status: 409, code: 'answer_shown_once' });
    expect(told[0]).toMatchObject({ detailType: 'agents.AgentRegistered', detail: { agentId: 'agt_out' } });
    expect(JSON.stringify([told, await agents.get('agt_out')])).not.toContain('"credential"');
  });

  it('names the fields of a bad declaration', async () => {
    const { http } = aRegistry();
    const answer = await http.request(
      '/api/v1/agents',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...outside(), id: 'Nope', colour: 'red' }),
      },
      BOTH,
    );
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const { errors } = (await answer.json()) as { errors: { path: string }[] };
    expect(errors.map(({ path }) => path).sort()).toEqual(['colour', 'id']);
  });
});

describe('reporting an outcome', () => {
  const call = { taskId: 't', fence: 'f', agentId: 'agt_a', attempt: 1, startedAt: '2026-03-01T10:00:00Z' };
  it('sends the result, or the error under its own name, and answers a ping itself', async () => {
    const sent: object[] = [];
    const send = async (outcome: object) => void sent.push(outcome);
    await reporting(async () => ({ result: 7 }), send)(call);
    await reporting(() => Promise.reject(Object.assign(new Error('no'), { name: 'PermanentTaskError' })), send)(call);
    expect(sent).toEqual([
      { ...call, result: 7 },
      { ...call, error: { name: 'PermanentTaskError', message: 'no', stack: expect.any(Array) } },
    ]);
    expect(await reporting(async () => 'pong', send)({ ping: true })).toBe('pong');
    expect(sent).toHaveLength(2);
    expect(await reporting(async () => ({ result: 7 }))(call)).toEqual({ ...call, result: 7 });
  });
});
