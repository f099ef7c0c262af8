// What everybody may read: the API's description, its readable reference, and the console.
import { describe, expect, it } from 'vitest';
import { ROWS } from '../../authorization/rows.ts';
import type { Client } from '../client.ts';

type Operation = { summary?: string; parameters?: { name: string; in: string }[]; responses: Record<string, object> };
export type OpenApi = {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
};

/** Written down by hand: a route that gets lost, or comes unannounced, is seen. */
const OPERATIONS = Object.keys(ROWS).sort();

export const operationsIn = ({ paths }: OpenApi): { method: string; path: string; operation: Operation }[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );

export function documentStories(api: Client): void {
  const openApi = async () => JSON.parse((await api.call('GET', '/api/v1/openapi.json', { token: null })).text);

  describe('documents', () => {
    it('openapi.json lists every route, and each is described completely', async () => {
      const document = (await openApi()) as OpenApi;
      expect(document.openapi).toMatch(/^3\.1\./);
      const operations = operationsIn(document);
      expect(operations.map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`).sort()).toEqual(
        OPERATIONS,
      );
      for (const { method, path, operation } of operations) {
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        const declared = operation.parameters?.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
        expect([method, path, operation.summary, declared ?? []]).toEqual([method, path, expect.any(String), inPath]);
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403']));
      }
    });

    it('every reference in openapi.json leads somewhere', async () => {
      const document = await openApi();
      const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to ?? '');
      expect(references.length).toBeGreaterThan(0);
      const found = (reference: string) =>
        reference
          .replace(/^#\//, '')
          .split('/')
          .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], document);
      for (const reference of new Set(references)) expect([reference, found(reference)]).not.toContain(undefined);
    });

    it('the reference is a page that names the routes', async () => {
      const page = await api.call('GET', '/api/v1/docs', { token: null });
      expect([page.status, page.headers.get('content-type')?.toLowerCase()]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.text).toContain('/api/v1/objectives/{objectiveId}');
    });

    it('the console is served with its files, for each of its own addresses, and lets nothing foreign in', async () => {
      const page = await api.call('GET', '/', { token: null });
      expect(page.status).toBe(200);
      expect(page.headers.get('content-security-policy')).toMatch(/default-src '(self|none)'/);
      const files = [...page.text.matchAll(/(?:src|href)="\.?\/([^":]+)"/g)].map(([, file]) => `/${file}`);
      expect(files.some((file) => file.endsWith('.js'))).toBe(true);
      for (const file of files) {
        const { status, text } = await api.call('GET', file, { token: null });
        expect([file, status, text.length > 0]).toEqual([file, 200, true]);
      }
      expect((await api.call('GET', '/objectives', { token: null })).text).toBe(page.text);
      expect((await api.call('GET', '/assets/none.js', { token: null })).status).toBe(404);
    });
  });
}
