// Personal data: a token everywhere, readable on request, noise after an erasure, and the audit whole all the same.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Client, expectProblem, type Page } from '../client.ts';

type Tokens = { items: { field: string; token: string }[] };
type Subject = { status: string; erasedAt?: string; values?: { field: string; value: string }[] };

export function privacyStories(api: Client): void {
  describe('personal data', () => {
    const subject = `sub_${randomUUID()}`;
    const value = `anna.lind.${randomUUID()}@example.org`;

    it('is kept as a token, shown to a captain, and erased at once and for good', async () => {
      const values = [{ field: 'e-mail', value, purpose: 'a story' }];
      const { items } = await api.post<Tokens>(`/privacy/subjects/${subject}/values`, { values });
      const token = items[0]?.token ?? '';
      expect(token).toMatch(new RegExp(`^pii:v1:${subject}:`));
      expect(await api.get<Subject>(`/privacy/subjects/${subject}`)).toMatchObject({ status: 'known', values });

      const erased = await api.post<Subject>(`/privacy/subjects/${subject}/erasure`, {
        reason: `${value} asked for it`,
      });
      expect(erased).toMatchObject({ subjectId: subject, valuesErased: 1 });
      const { status, erasedAt, values: left } = await api.get<Subject>(`/privacy/subjects/${subject}`);
      expect([status, erasedAt, left]).toEqual(['erased', erased.erasedAt, undefined]);
      const again = await api.call('POST', `/api/v1/privacy/subjects/${subject}/values`, { body: { values } });
      expectProblem(again, 409, 'subject_erased');
    });

    it('leaves a record in the audit that names nobody', async () => {
      const find = (q: string) =>
        api.get<Page<{ item: { pk: string } }>>(`/audit?lane=safety&q=${encodeURIComponent(q)}`);
      const { items } = await api.until(
        'the erasure is audited',
        () => find(`erasure#${subject}`),
        (page) => page.items.length > 0,
      );
      expect(items[0]?.item.pk).toBe(`erasure#${subject}`);
      expect((await find(value)).items).toEqual([]);
    });

    it('has no name of a person for its subject, and nothing of a subject that nobody knows', async () => {
      const named = await api.call('GET', '/api/v1/privacy/subjects/anna%40example.org');
      expectProblem(named, 400, 'invalid_request', 'subjectId');
      expectProblem(await api.call('GET', '/api/v1/privacy/subjects/sub_nobody-knows'), 404, 'no_such_subject');
    });

    it('a page that nobody listed may not be read, and the check says so without asking it', async () => {
      const checked = await api.post('/compliance/checks', {
        url: 'https://example.org/people',
        dataClass: 'personal',
      });
      expect(checked).toMatchObject({ kind: 'refuse', reason: 'address_not_allowed' });
    });
  });
}
