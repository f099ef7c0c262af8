// Nothing that is not public is ever connected to: a server on loopback counts, and so does whoever dials.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect as netConnect, Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressFault, decideUrl, type OutsideHost } from './outside-address.ts';
import { type FetchRequest, type SafeFetchDeps, safeFetchWith } from './safe-fetch.client.ts';

let connections = 0;
let port = 0;
let respond: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end('inner');
const seen: IncomingMessage[] = [];
const server = createServer((request, response) => {
  seen.push(request);
  respond(request, response);
}).on('connection', () => {
  connections += 1;
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const LOOPBACK = /^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1|::ffff:7f00:1)$/;
const dialled: string[] = [];
beforeEach(() => {
  connections = 0;
  dialled.length = 0;
  seen.length = 0;
  respond = (_, response) => response.end('inner');
});

const names: Record<string, readonly string[]> = {};
const deps = (resolve?: SafeFetchDeps['resolve']): SafeFetchDeps => ({
  resolve: resolve ?? (async (host) => names[host] ?? []),
  dial: (address, to) => {
    dialled.push(address);
    if (!LOOPBACK.test(address)) return new Socket().destroy(new Error('only loopback is really asked'));
    return netConnect({ host: address, port: to });
  },
});
/** As careless as an operator can be who lists no host of their own: every name, both schemes, the port of the server. */
const careless = (host: string): OutsideHost => ({ host, schemes: ['http', 'https'], ports: [80, 443, port] });
const ask = (url: string, more: Partial<FetchRequest> = {}, resolve?: SafeFetchDeps['resolve']) => {
  const host = URL.canParse(url) ? new URL(url).hostname : 'x';
  const allow = ['*.evil.org', 'evil.org', host].map(careless);
  return safeFetchWith(deps(resolve))({ url, allow, limits: { timeoutMs: 2_000 }, ...more });
};
const notPublic = (address: string) => addressFault(address) !== undefined;
const nothingInside = () => {
  expect(connections).toBe(0);
  expect(dialled.filter(notPublic)).toEqual([]);
};

const LITERALS = [
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '0',
    '0.0.0.0',
  ],
  ...[
    '127.0.0.1.',
    '127.127.127.127',
    '%31%32%37.0.0.1',
    '①②⑦.0.0.1',
    '127。0。0。1',
    '１２７.0.0.1',
    '10.0.0.1',
    '10.255.255.255',
  ],
  ...[
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '169.254.170.2',
    '0xa9fea9fe',
    '2852039166',
    '0251.0376.0251.0376',
  ],
  ...[
    '100.64.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
  ],
  ...[
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
  ],
  ...[
    '[64:ff9b::7f00:1]',
    '[64:ff9b::169.254.169.254]',
    '[64:ff9b:1::a00:1]',
    '[2002:7f00:1::]',
    '[2002:a9fe:a9fe::]',
    '[fe80::1]',
    '[fe80::1%25eth0]',
  ],
  ...[
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[fec0::1]',
    '[ff02::1]',
    '[2001:db8::1]',
    '[2001::7f00:1]',
    '[100::1]',
    '[5f00::1]',
    '[4000::1]',
    '[::ffff:a9fe:a9fe]',
  ],
];
const INNER_NAMES = [
  ...[
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    'metadata.google.internal',
    'instance-data',
    'kubernetes.default.svc',
    'printer.local',
  ],
  ...[
    'x.internal',
    'ip-10-0-0-1.eu-west-1.compute.internal',
    'router.lan',
    'db.corp',
    'x.home.arpa',
    'evil.org.',
    'evil..org',
    'intranet',
  ],
];
const SHAPES = [
  ...[
    'ftp://evil.org/',
    'file:///etc/passwd',
    'gopher://evil.org/_x',
    'data:text/plain,x',
    'javascript:alert(1)',
    'blob:https://evil.org/x',
    '//evil.org/',
  ],
  ...[
    'http:evil.org',
    'http:/evil.org',
    'http:\\\\evil.org\\',
    'https://evil.org\\@127.0.0.1/',
    'https://user@evil.org/',
    'https://user:pw@evil.org/',
  ],
  ...[
    'https://evil.org@127.0.0.1/',
    'https://evil.org#@127.0.0.1/',
    'https://127.0.0.1#@evil.org/',
    'https://evil.org:65536/',
    'https://evil.org:22/',
    'https://evil.org:-1/',
  ],
  ...[
    'https://evil.org/\r\nHost: inner',
    'https://evil.org/\nx',
    'https://ev\til.org/',
    'https://evil.org\u0000/',
    ' https://evil.org/',
    'https://evil.org/ x',
  ],
  ...[
    'https://еvil.org/',
    'https://ⓔvil.org/',
    'https://evil.org%00.inner/',
    'https://evil.org%2f@127.0.0.1',
    'https:///127.0.0.1/',
    '',
    'evil.org',
    `https://evil.org/${'a'.repeat(2_000)}`,
  ],
];

describe('refused before anything is looked up:', () => {
  const lookedUp: string[] = [];
  const noting = async (host: string) => {
    lookedUp.push(host);
    return ['127.0.0.1'];
  };
  it.each(LITERALS)('the address %s', async (host) => {
    for (const url of [`http://${host}:${port}/`, `https://${host}/`])
      expect(await ask(url, {}, noting)).toMatchObject({ kind: 'refused' });
    nothingInside();
    expect(lookedUp).toEqual([]);
  });
  it.each(INNER_NAMES)('the name %s', async (host) => {
    expect(await ask(`http://${host}:${port}/`, {}, noting)).toMatchObject({ kind: 'refused' });
    nothingInside();
    expect(lookedUp).toEqual([]);
  });
  it.each(SHAPES)('the text %j', async (url) => {
    const answer = await ask(url, {}, noting);
    if (url === 'https://evil.org#@127.0.0.1/') expect(answer).toMatchObject({ reason: 'address_not_public' });
    else expect([answer.kind, lookedUp]).toEqual(['refused', []]);
    lookedUp.length = 0;
    nothingInside();
  });
  it('a host that is not listed, however public', async () => {
    const answer = await safeFetchWith(deps(noting))({ url: 'https://other.org/', allow: [careless('*.other.org')] });
    expect(answer).toMatchObject({ kind: 'refused', reason: 'host_not_listed' });
    expect(decideUrl('https://notevil.org/', [careless('*.evil.org')])).toMatchObject({ reason: 'host_not_listed' });
  });
});

describe('a name', () => {
  it.each(LITERALS.filter((host) => /^\d+\.\d+\.\d+\.\d+$|^\[[0-9a-f:.]+\]$/.test(host) && !host.startsWith('0177')))(
    'that leads to %s is not followed, alone or among public addresses',
    async (host) => {
      const address = host.replace(/[[\]]/g, '');
      for (const found of [[address], ['93.184.216.34', address], [address, '2606:4700::1111']]) {
        expect(await ask(`http://evil.org:${port}/`, {}, async () => found)).toMatchObject({
          reason: 'address_not_public',
        });
      }
      nothingInside();
      expect(dialled).toEqual([]);
    },
  );

  it('that changes its mind between two look-ups is looked up once: the connection goes to what was judged', async () => {
    const answers = [['93.184.216.34'], ['127.0.0.1'], ['127.0.0.1']];
    let lookUps = 0;
    const rebinding = async () => answers[lookUps++] ?? ['127.0.0.1'];
    const asked = ask(`http://evil.org:${port}/`, { limits: { timeoutMs: 300 } }, rebinding);
    expect((await asked).kind).toBe('failed');
    expect([lookUps, dialled]).toEqual([1, ['93.184.216.34']]);
    nothingInside();
  });

  it('whose connection ends up elsewhere is dropped before a byte is sent', async () => {
    const dial = () => netConnect({ host: '127.0.0.1', port });
    const answer = await safeFetchWith({ resolve: async () => ['93.184.216.34'], dial })({
      ...{ url: `http://evil.org:${port}/`, allow: [careless('evil.org')] },
    });
    expect(answer).toMatchObject({ kind: 'failed', detail: expect.stringContaining('instead of 93.184.216.34') });
    expect(seen).toEqual([]);
  });

  it('without any address, or that cannot be looked up now', async () => {
    expect(await ask('https://evil.org/', {}, async () => [])).toMatchObject({ reason: 'name_not_found' });
    const busy = () => Promise.reject(Object.assign(new Error('busy'), { code: 'EAI_AGAIN' }));
    expect(await ask('https://evil.org/', {}, busy)).toMatchObject({ kind: 'failed' });
    const none = () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
    expect(await ask('https://evil.org/', {}, none)).toMatchObject({ kind: 'refused', reason: 'name_not_found' });
  });
});

/** A host that the operator runs: the only way to loopback, and said so in the operator's own configuration. */
const own = (): OutsideHost => ({ host: 'own.evil.org', schemes: ['http'], ports: [port], addresses: 'any' });
const askOwn = (more: Partial<FetchRequest> = {}, path = '/') => {
  names['own.evil.org'] = ['127.0.0.1'];
  const allow = [own(), careless('evil.org'), careless('*.evil.org'), careless('127.0.0.1'), careless('[::1]')];
  return safeFetchWith(deps())({
    url: `http://own.evil.org:${port}${path}`,
    allow,
    limits: { timeoutMs: 2_000 },
    ...more,
  });
};

describe('a redirect', () => {
  const to = (location: string, status = 302) => {
    respond = (_, response) => void response.writeHead(status, { location }).end();
  };
  it.each([
    ...[
      'http://127.0.0.1:PORT/',
      'http://[::1]:PORT/',
      'http://localhost:PORT/',
      'http://inner.evil.org:PORT/',
      '//127.0.0.1:PORT/',
    ],
    ...[
      'http://169.254.169.254/latest/meta-data',
      'http://2130706433:PORT/',
      'http://0x7f.1:PORT/',
      'http://user@evil.org/',
      'file:///etc/passwd',
    ],
    ...[
      'https://other.org/',
      'gopher://evil.org/',
      'http://evil.org:25/',
      'data:text/plain,x',
      'http://[::ffff:127.0.0.1]:PORT/',
    ],
  ])('to %s is judged as the first address was', async (location) => {
    names['inner.evil.org'] = ['127.0.0.1'];
    to(location.replace('PORT', String(port)));
    expect(await askOwn()).toMatchObject({ kind: 'refused' });
    expect([connections, dialled]).toEqual([1, ['127.0.0.1']]); // the first question, to the operator's own host
  });

  it('is followed three times and no more', async () => {
    respond = ({ url }, response) => void response.writeHead(302, { location: `/${Number(url?.slice(1)) + 1}` }).end();
    expect(await askOwn({}, '/0')).toMatchObject({ kind: 'refused', reason: 'too_many_redirects' });
    expect(seen.map(({ url }) => url)).toEqual(['/0', '/1', '/2', '/3']);
  });

  it('to another origin goes without the credentials of the first; within the origin they stay', async () => {
    names['two.evil.org'] = ['127.0.0.1'];
    const headers = { Authorization: 'Bearer x', Cookie: 'a=b', 'X-Api-Key': 'k', accept: 'text/plain' };
    const allow = [own(), { ...own(), host: 'two.evil.org' }];
    respond = ({ url }, response) => {
      const location = url === '/' ? '/same' : `http://two.evil.org:${port}/end`;
      if (url === '/end') response.end('end');
      else response.writeHead(307, { location }).end();
    };
    expect(await askOwn({ headers, allow })).toMatchObject({ kind: 'answered', status: 200, hops: 2 });
    expect(seen.map((request) => request.headers['x-api-key'])).toEqual(['k', 'k', undefined]);
    expect(seen[2]?.headers).toMatchObject({ accept: 'text/plain', host: `two.evil.org:${port}` });
    expect(JSON.stringify(seen[2]?.headers)).not.toMatch(/Bearer|a=b/);
  });

  it('of something that changes things is not followed', async () => {
    to('/next', 307);
    expect(await askOwn({ method: 'POST', body: '{}' })).toMatchObject({ kind: 'answered', status: 307 });
    expect(seen).toHaveLength(1);
  });
});

describe('an answer', () => {
  const text = async (more: Partial<FetchRequest>) => {
    const answer = await askOwn(more);
    return answer.kind === 'answered' ? Buffer.from(answer.body).toString() : answer;
  };
  it('comes with its body, and what was sent arrived as it was said', async () => {
    respond = (request, response) => void request.pipe(response);
    expect(await text({ method: 'POST', body: 'hello', headers: { 'content-type': 'text/plain' } })).toBe('hello');
    expect(seen[0]?.headers).toMatchObject({ 'accept-encoding': 'identity', 'content-type': 'text/plain' });
  });
  it('that is too large is cut off, whatever it said before', async () => {
    const limits = { bytesMax: 1_000, timeoutMs: 2_000 };
    respond = (_, response) => void response.end('x'.repeat(1_001));
    expect(await text({ limits })).toMatchObject({ kind: 'refused', reason: 'too_large' });
    respond = (_, response) => {
      const more = (): boolean => response.write('x'.repeat(500), () => response.destroyed || more());
      more();
    };
    expect(await text({ limits })).toMatchObject({ kind: 'refused', reason: 'too_large' });
    respond = (_, response) => void response.end('x'.repeat(1_000));
    expect(await text({ limits })).toHaveLength(1_000);
  });
  it('that does not come, or drips, ends at the time limit', async () => {
    respond = () => {};
    expect(await text({ limits: { timeoutMs: 100 } })).toMatchObject({ kind: 'failed', reason: 'timeout' });
    respond = (_, response) => void response.write('x');
    expect(await text({ limits: { timeoutMs: 100 } })).toMatchObject({ kind: 'failed', reason: 'timeout' });
  });
  it('of another media type, or packed, is not taken', async () => {
    respond = (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
    expect(await text({ limits: { contentTypes: ['application/json'] } })).toMatchObject({
      reason: 'media_type_not_allowed',
    });
    respond = (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('bomb');
    expect(await text({})).toMatchObject({ reason: 'encoded_body' });
  });
  it('that nobody gives is a failure, not a refusal', async () => {
    const answer = await safeFetchWith(deps())({ url: 'http://own.evil.org:1/', allow: [{ ...own(), ports: [1] }] });
    expect(answer).toMatchObject({ kind: 'failed', reason: 'unreachable' });
  });
  it('over https needs a certificate of the name', async () => {
    const answer = await askOwn({ url: `https://own.evil.org:${port}/`, allow: [{ ...own(), schemes: ['https'] }] });
    expect(answer).toMatchObject({ kind: 'failed', reason: 'unreachable' });
    expect(seen).toEqual([]);
  });
});

it.each([
  ...[
    { host: 'inner' },
    { 'x-a': 'b\r\nx-b: c' },
    { 'x-a\r\nx-b': 'c' },
    { 'Proxy-Authorization': 'x' },
    { 'Transfer-Encoding': 'chunked' },
  ],
  ...[{ 'content-length': '5' }, { 'x a': 'b' }, { 'x-a': '\u0000' }, { 'x-a': 'ü' }],
])('the header %j is refused', async (headers) => {
  expect(await askOwn({ headers: headers as unknown as Record<string, string> })).toMatchObject({
    reason: 'header_not_allowed',
  });
  expect(connections).toBe(0);
});

describe('generated', () => {
  const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
  const number = fc
    .tuple(fc.nat(255), fc.constantFrom(10, 8, 16))
    .map(([n, base]) => (base === 10 ? `${n}` : base === 8 ? `0${n.toString(8)}` : `0x${n.toString(16)}`));
  const spelt = fc.array(number, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));

  it('spellings of addresses: what is let through is a public address in its one plain spelling', () => {
    fc.assert(
      fc.property(spelt, (host) => {
        const decision = decideUrl(`http://${host}/`, [
          { host: '*', schemes: ['http'] },
          careless(host),
          careless(URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`).hostname : 'x'),
        ]);
        return decision.kind === 'refused' || (decision.url.hostname === host && addressFault(host) === undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  it('embedded addresses: no IPv6 form of an inner address is public', () => {
    const inner = octets.filter((parts) => addressFault(parts.join('.')) !== undefined);
    fc.assert(
      fc.property(
        inner,
        fc.constantFrom('::ffff:', '::', '64:ff9b::', '64:ff9b:1::', '2002:', '::ffff:0:'),
        ([a, b, c, d], prefix) => {
          const [high, low] = [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
          const address = prefix === '2002:' ? `2002:${high}:${low}::1` : `${prefix}${high}:${low}`;
          return addressFault(address) !== undefined;
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('names with any set of addresses: nothing is dialled unless all of them are public', async () => {
    const address = fc.oneof(
      octets.map((parts) => parts.join('.')),
      fc.ipV6(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(address, { minLength: 1, maxLength: 4 }), async (found) => {
        const tried: string[] = [];
        const dial = (to: string) => {
          tried.push(to);
          throw new Error('dialled');
        };
        await safeFetchWith({ resolve: async () => found, dial })({
          url: 'https://evil.org/',
          allow: [{ host: 'evil.org' }],
        });
        return found.some(notPublic) ? tried.length === 0 : tried.every((to) => found.includes(to));
      }),
    );
  });

  it('the written corpus has at least 80 cases', () => {
    expect(LITERALS.length + INNER_NAMES.length + SHAPES.length).toBeGreaterThanOrEqual(80);
  });
});
