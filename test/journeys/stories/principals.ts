// Whoever is let in may do what their role says, from the first request to the one after they were kept out.
import { describe, expect, it } from 'vitest';
import { type Client, expectProblem } from '../client.ts';

type Issued = { principalId: string; token: string };

export function principalStories(api: Client): void {
  const letIn = (title: string, ...roles: string[]) => api.post<Issued>('/principals', { title, roles });

  describe('principals', () => {
    it('the operator is everything a person can be', async () => {
      expect(await api.get('/me')).toEqual({
        principalId: 'operator',
        roles: ['viewer', 'operator', 'approver', 'captain', 'auditor'],
        expiresAt: null,
      });
    });

    it('a viewer looks and does nothing else', async () => {
      const { principalId, token } = await letIn('a viewer', 'viewer');
      const me = await api.call('GET', '/api/v1/me', { token });
      expect(JSON.parse(me.text)).toMatchObject({ principalId, roles: ['viewer'] });
      expect((await api.call('GET', '/api/v1/control', { token })).status).toBe(200);
      const killed = await api.call('POST', '/api/v1/kill', { token, body: { reason: 'not mine to do' } });
      expect(expectProblem(killed, 403, 'role_missing').detail).toContain('operator, approver, captain');
      expect((await api.call('GET', '/api/v1/principals', { token })).status).toBe(403);
    });

    it('a captain who was kept out cannot let anybody in a moment later', async () => {
      const { principalId, token } = await letIn('a captain', 'captain');
      const body = { title: 'a friend', roles: ['captain'] };
      expect((await api.call('POST', '/api/v1/principals', { token, body })).status).toBe(201);
      await api.post(`/principals/${principalId}/revoke`, { reason: 'left' });
      expect((await api.call('POST', '/api/v1/principals', { token, body })).status).toBe(403);
    });

    it('no token and no digest of one is in any list', async () => {
      const { token } = await letIn('somebody', 'auditor');
      const { text } = await api.call('GET', '/api/v1/principals');
      expect(text).toContain('somebody');
      expect(text).not.toContain(token);
      expect(text).not.toMatch(/[0-9a-f]{64}/);
    });

    it('an agent from outside comes in with its credential, and acts as nobody else', async () => {
      const declaration = (id: string) => ({
        id,
        title: 'From outside',
        role: 'Waits for work',
        department: 'COO',
        capabilities: ['noop'],
        transport: 'pull',
      });
      const ids = ['agt_outside-a', 'agt_outside-b'];
      const [a] = await Promise.all(ids.map((id) => api.post<{ credential: string }>('/agents', declaration(id))));
      const token = a?.credential ?? '';
      const beat = (id: string) => api.call('POST', `/api/v1/agents/${id}/heartbeat`, { token });
      // What came too early is remembered for a minute, so the API is asked where it never remembers.
      const fresh = () => api.call('GET', '/api/v1/principals', { token });
      await api.until('the credential works', fresh, ({ text }) => text.includes('role_missing'));
      expect((await beat('agt_outside-a')).status).toBe(200);
      expectProblem(await beat('agt_outside-b'), 404, 'no_such_agent');
      expectProblem(await api.call('GET', '/api/v1/objectives', { token }), 403, 'role_missing');
      for (const id of ids) await api.call('DELETE', `/api/v1/agents/${id}`);
      await api.until('the credential works no more', fresh, ({ text }) => !text.includes('role_missing'));
    });

    it('credentials are listed with their dates, and without their values', async () => {
      const { text } = await api.call('GET', '/api/v1/credentials');
      expect(JSON.parse(text)).toMatchObject({
        items: [{ name: 'operator-token', kind: 'token' }, { name: 'channels' }],
      });
      expect(text).not.toContain(api.swarmNow().token);
      expectProblem(await api.call('POST', '/api/v1/credentials/none/rotate'), 404, 'no_such_credential');
    });

    it('what became of principals is in the audit, and who looked at them too', async () => {
      const { principalId } = await letIn('audited', 'viewer');
      type Entries = { items: { by: string; why: string }[] };
      const found = await api.until(
        'the audit has it',
        () => api.get<Entries>(`/audit?lane=operations&q=${principalId}`),
        ({ items }) => items.length > 0,
      );
      expect(found.items.at(-1)).toMatchObject({ by: 'operator', why: 'created' });
      await api.get('/principals');
      await api.until(
        'the access is there',
        () => api.get<Entries>('/audit?lane=operations&q=principals%20read'),
        ({ items }) => items.some(({ why }) => why === 'access: principals read'),
      );
    });
  });
}
