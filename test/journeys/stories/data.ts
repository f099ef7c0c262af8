// Data that cannot be read: the objective fails, and says which line it is.
import { describe, expect, it } from 'vitest';
import { type Client, taskOf } from '../client.ts';
import { feedbackCsv, npsOf } from '../feedback.ts';
import { task } from '../plans.ts';

type Place = { artifactId: string; uploadUrl: string; method: string; headers: Record<string, string> };

const text = 'Find out the net promoter score of our customers';

export function dataStories(api: Client): void {
  const upload = async (bytes: Buffer): Promise<string> => {
    const announced = { name: 'feedback', mediaType: 'text/csv', bytes: bytes.length };
    const { artifactId, uploadUrl, method, headers } = await api.post<Place>('/artifacts', announced);
    const put = await fetch(uploadUrl, { method, headers, body: new Uint8Array(bytes) });
    expect(put.status, await put.text()).toBe(200);
    return artifactId;
  };

  describe.concurrent('data', () => {
    it('a table with a quote that is never closed fails with its line', async () => {
      const content = 'date,score,comment\n2026-01-01,9,good\n2026-01-02,3,"never closed\n2026-01-03,8,fine\n';
      const over = await api.ended(await api.submit({ text, inputs: [{ name: 'feedback', content }] }));
      expect(over.status).toBe('failed');
      expect(over.problem).toMatch(/line 3\b.*quote/);
      expect(over.tasks.find(({ status }) => status === 'dead_letter')?.error).toMatchObject({
        name: 'PermanentTaskError',
        transient: false,
        message: expect.stringMatching(/line 3\b/),
      });
    });

    it('a row with too many cells fails with its line', async () => {
      const content = 'date,score\n2026-01-01,9\n2026-01-02,3\n2026-01-03,8,7\n';
      const over = await api.ended(await api.submit({ text, inputs: [{ name: 'feedback', content }] }));
      expect([over.status, over.problem]).toEqual(['failed', expect.stringMatching(/line 4\b/)]);
    });

    it('300 KB uploaded through a presigned address are worked on', async () => {
      const csv = feedbackCsv({ rows: 9_000, seed: 5 });
      const bytes = Buffer.from(csv);
      expect(bytes.length).toBeGreaterThan(300_000);
      const artifactId = await upload(bytes);
      const plan = [task('nps', 'feedback.nps', { input: 'feedback' })];
      const over = await api.ended(await api.submit({ text, plan, inputs: [{ name: 'feedback', artifactId }] }));
      expect([over.status, over.problem]).toEqual(['succeeded', null]);
      expect(taskOf(over, 'nps').result).toMatchObject({ score: npsOf(csv).score });
    });

    it('an upload in another encoding fails with its line', async () => {
      const artifactId = await upload(Buffer.from('score,comment\n9,good\n3,sch\u00f6n\n', 'latin1'));
      const plan = [task('nps', 'feedback.nps', { input: 'feedback' })];
      const over = await api.ended(await api.submit({ text, plan, inputs: [{ name: 'feedback', artifactId }] }));
      expect([over.status, over.problem]).toEqual(['failed', expect.stringMatching(/line 3\b.*UTF-8/)]);
    });

    it('an artifact that was announced but never uploaded fails the objective', async () => {
      const { artifactId } = await api.post<Place>('/artifacts', { name: 'a', mediaType: 'text/csv', bytes: 10 });
      const plan = [task('nps', 'feedback.nps', { input: 'feedback' })];
      const over = await api.ended(await api.submit({ text, plan, inputs: [{ name: 'feedback', artifactId }] }));
      expect([over.status, over.problem]).toEqual([
        'failed',
        expect.stringMatching(/"feedback": the uploaded data is not there/),
      ]);
    });
  });
}
