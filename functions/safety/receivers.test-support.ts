// A local server that plays Discord, Slack, PagerDuty and AWS End User Messaging, well or badly, and keeps what it got.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  path: string;
  headers: Record<string, unknown>;
  body: Record<string, never> & { [name: string]: unknown };
};
/** `hang` = takes the message and never answers; `drop` = cuts the line after reading it. */
export type Behaviour = { status?: number; body?: string; headers?: Record<string, string> } | 'hang' | 'drop';
export type Receivers = {
  url: string;
  received: Received[];
  /** how the next requests whose path begins so are met; without it they are taken as the real one takes them */
  behave(path: string, ...behaviours: Behaviour[]): void;
  close(): Promise<void>;
};

const USUAL: [string, Behaviour][] = [
  ['/discord', { status: 200, body: '{"id": "1234567890"}' }],
  ['/slack', { status: 200, body: 'ok' }],
  ['/pagerduty', { status: 202, body: '{"status": "success"}' }],
  ['/', { status: 200, body: '{"MessageId": "msg-1"}' }],
];

export async function openReceivers(): Promise<Receivers> {
  const received: Received[] = [];
  const planned: [string, Behaviour[]][] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    const body = await textOf(request);
    received.push({ path, headers: request.headers, body: JSON.parse(body || '{}') });
    const plan = planned.find(([prefix, left]) => path.startsWith(prefix) && left.length > 0)?.[1];
    const [next] = plan ?? [];
    // The last behaviour stays.
    if (plan && plan.length > 1) plan.shift();
    meet(next ?? (USUAL.find(([prefix]) => path.startsWith(prefix))?.[1] as Behaviour), request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    behave: (path, ...behaviours) => planned.unshift([path, behaviours]),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function meet(behaviour: Behaviour, request: IncomingMessage, response: ServerResponse): void {
  if (behaviour === 'hang') return;
  if (behaviour === 'drop') {
    request.socket.destroy();
    return;
  }
  const type = { 'content-type': 'application/x-amz-json-1.0' };
  response.writeHead(behaviour.status ?? 200, { ...type, ...behaviour.headers }).end(behaviour.body ?? '');
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
