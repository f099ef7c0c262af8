// What the rooms keep can be copied, looked at and put back in place, and only a captain puts it back.
import { describe, expect, it } from 'vitest';
import { type Client, expectProblem } from '../client.ts';

type Room = { room: string; items: number; digest: string };
type Snapshot = { snapshotId: string; status: string; rooms: Room[] };
type Restore = { restoreId: string; status: string; rooms: { room: string; changed: number; same: boolean }[] };
type Agent = { agentId: string };

export function snapshotStories(api: Client): void {
  const seen = <Kind extends { status: string }>(path: string, status: string) =>
    api.until(
      `${path} is ${status}`,
      async () => JSON.parse((await api.call('GET', `/api/v1${path}`)).text) as Kind,
      (now) => now.status === status,
    );
  const register = (agentId: string) =>
    api.post('/agents', {
      id: agentId,
      title: 'Guest',
      role: 'Comes and goes',
      department: 'COO',
      capabilities: ['noop'],
      transport: 'pull',
    });

  describe('snapshots', () => {
    it('bring back who was registered, in place', async () => {
      const agentId = `agt_guest-${Date.now().toString(36)}`;
      const { snapshotId } = await api.post<{ snapshotId: string }>('/snapshots', { reason: 'before the visit' });
      const taken = await seen<Snapshot>(`/snapshots/${snapshotId}`, 'complete');
      expect(taken.rooms.map(({ room }) => room)).toEqual(['safety', 'agents']);
      await register(agentId);
      const { restoreId } = await api.post<{ restoreId: string }>(`/snapshots/${snapshotId}/restore`, {
        reason: 'the visit is over',
      });
      const restored = await seen<Restore>(`/restores/${restoreId}`, 'complete');
      expect(restored.rooms.map(({ same }) => same)).toEqual([true, true]);
      const { items } = await api.get<{ items: Agent[] }>('/agents?limit=200');
      expect(items.map((agent) => agent.agentId)).not.toContain(agentId);
      await api.until(
        'the stop of the restore is lifted',
        () => api.get<{ killed: boolean }>('/control'),
        ({ killed }) => !killed,
      );
    });

    it('are refused when there is none of that name', async () => {
      const none = await api.call('POST', '/api/v1/snapshots/snp_20000101T000000Z/restore', { body: { reason: 'x' } });
      expectProblem(none, 404, 'no_such_snapshot');
      expectProblem(await api.call('GET', '/api/v1/snapshots/nonsense'), 400, 'invalid_request', 'snapshotId');
      expectProblem(await api.call('POST', '/api/v1/snapshots', { body: {} }), 400, 'invalid_request', 'reason');
    });
  });
}
