// A new swarm comes to life, once; and agents from outside join it and leave it.
import { describe, expect, it } from 'vitest';
import { type Client, expectProblem } from '../client.ts';

type Run = { status: string };
type Agent = { agentId: string; status: string; capabilities: string[]; lastSeenAt: string };

export function bootstrapStories(api: Client): void {
  const bootstrap = async () => {
    await api.post('/bootstrap', {});
    return api.until(
      'the bootstrap has ended',
      () => api.get<Run>('/bootstrap'),
      ({ status }) => status !== 'running',
    );
  };
  const agents = async () => (await api.list<Agent>('/agents')).map(({ lastSeenAt: _, ...agent }) => agent);

  describe('bootstrap', () => {
    it('makes the swarm active with every built-in agent healthy, and a second one changes nothing', async () => {
      expect((await bootstrap()).status).toBe('succeeded');
      const control = await api.get<{ mode: string; at: string }>('/control');
      expect(control.mode).toBe('active');
      const first = await agents();
      expect(first.map(({ agentId }) => agentId).sort()).toEqual(
        expect.arrayContaining([
          'agt_analyst',
          'agt_drill',
          'agt_noop',
          'agt_strategist',
          'agt_toolsmith',
          'agt_writer',
        ]),
      );
      expect(new Set(first.map(({ status }) => status))).toEqual(new Set(['ready']));

      expect((await bootstrap()).status).toBe('succeeded');
      expect(await api.get('/control')).toEqual(control);
      expect(await agents()).toEqual(first);
    });

    it('the status counts what is there, and every room answers', async () => {
      const status = await api.get<{ mode: string; silent: string[]; agents: { healthy: number }; me: object }>(
        '/status',
      );
      expect(status).toMatchObject({ mode: 'active', silent: [], me: { principalId: 'operator' } });
      expect(status.agents.healthy).toBeGreaterThanOrEqual(5);
    });

    it('an agent from outside joins once, sees its credential once, and leaves', async () => {
      const id = `agt_guest-${Date.now().toString(36)}`;
      const declaration = {
        id,
        title: 'Guest',
        role: 'Tries what a stranger may do',
        department: 'COO',
        capabilities: ['noop'],
        transport: 'pull',
      };
      const joined = await api.post<{ credential: string }>('/agents', declaration);
      expect(joined.credential.length).toBeGreaterThan(20);
      expect(await api.get(`/agents/${id}`)).not.toHaveProperty('credential');
      expectProblem(await api.call('POST', '/api/v1/agents', { body: declaration }), 409, 'agent_exists');
      expect((await api.call('DELETE', `/api/v1/agents/${id}`)).status).toBe(204);
      expectProblem(await api.call('GET', `/api/v1/agents/${id}`), 404, 'no_such_agent');
    });
  });
}
