// A LazyArk API of a few lines for tests of what talks to one: answers by route, remembers what it was asked.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
};
export type Answer = { status?: number; json?: unknown; text?: string };
export type Routes = Record<string /* 'GET /api/v1/status' */, (asked: Asked) => Answer>;
export type FakeApi = { url: string; asked: Asked[]; close(): Promise<void> };

/** Listens on any port; a route nobody gave answers 404 as the product does. */
export async function fakeApi(routes: Routes): Promise<FakeApi> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://fake');
    const one: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    asked.push(one);
    const answer =
      routes[`${one.method} ${one.path}`]?.(one) ?? aProblem(404, 'no_such_route', `${one.path} is not served`);
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
    response.end(answer.text ?? JSON.stringify(answer.json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, asked, close };
}

/** A problem+json answer. */
export const aProblem = (status: number, code: string, detail: string, errors?: object[]): Answer => ({
  status,
  json: { type: 'about:blank', title: 'Refused', status, code, detail, errors },
});
