// HTTP APIs: what a client sees over a real loopback connection, with functions as closures.
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Made, Resource } from '../service.ts';
import { type TestHost, testHost, until } from '../test-host.ts';
import type { HttpEvent } from './http/event.ts';
import { Router } from './http/routes.ts';
import { service } from './http.ts';

const FN = 'arn:aws:lambda:eu-central-1:000000000000:function:serve';
const GUARD = 'arn:aws:lambda:eu-central-1:000000000000:function:guard';

describe('an HTTP API', () => {
  let host: TestHost;
  let url: string;
  let made: Made[];
  const seen: HttpEvent[] = [];

  async function make(type: string, logicalId: string, properties: object): Promise<Made> {
    const resource: Resource = {
      logicalId,
      type: `AWS::ApiGatewayV2::${type}`,
      properties: { ...properties },
      stackName: 'Test',
    };
    const one = await service.factories.find((factory) => factory.type === resource.type)?.create(resource, host);
    if (!one) throw new Error(`no factory for ${type}`);
    made.push(one);
    return one;
  }

  beforeEach(async () => {
    host = Object.assign(testHost(), { httpPort: 0 });
    made = [];
    seen.length = 0;
    const CorsConfiguration = {
      AllowOrigins: ['https://console.example'],
      AllowMethods: ['GET'],
      AllowHeaders: ['authorization'],
      MaxAge: 600,
    };
    const api = await make('Api', 'Api', { ProtocolType: 'HTTP', CorsConfiguration });
    const ApiId = api.ref;
    const integrated = await make('Integration', 'Serve', {
      ApiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: FN,
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 200,
    });
    const guard = await make('Authorizer', 'Guard', {
      ApiId,
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerUri: `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${GUARD}/invocations`,
      IdentitySource: ['$request.header.Authorization'],
      AuthorizerResultTtlInSeconds: 60,
    });
    const Target = `integrations/${integrated.ref}`;
    await make('Route', 'Open', { ApiId, RouteKey: 'ANY /open/{proxy+}', Target });
    await make('Route', 'Guarded', {
      ApiId,
      RouteKey: 'GET /guarded/{id}',
      Target,
      AuthorizationType: 'CUSTOM',
      AuthorizerId: guard.ref,
    });
    await make('Stage', 'Stage', { ApiId, StageName: '$default', StageVariables: { colour: 'red' } });
    host.functions[FN] = (event) => {
      seen.push(event as HttpEvent);
      return { statusCode: 200, body: 'served' };
    };
    url = api.url ?? '';
    for (const one of made) await one.start?.();
  });

  afterEach(async () => {
    for (const one of made.reverse()) await one.stop?.();
  });

  it('gives its function an event in format 2.0', async () => {
    const answer = await fetch(`${url}/open/a%20b?x=1&x=2&y=%C3%BC`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Cookie: 'a=1; b=2', 'X-Odd': 'Value' },
      body: '{"n":1}',
    });
    expect([answer.status, await answer.text()]).toEqual([200, 'served']);
    expect(seen[0]).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /open/{proxy+}',
      rawPath: '/open/a%20b',
      rawQueryString: 'x=1&x=2&y=%C3%BC',
      cookies: ['a=1', 'b=2'],
      headers: { 'content-type': 'application/json', 'x-odd': 'Value', 'x-forwarded-proto': 'http' },
      queryStringParameters: { x: '1,2', y: 'ü' },
      pathParameters: { proxy: 'a b' },
      stageVariables: { colour: 'red' },
      requestContext: {
        stage: '$default',
        http: { method: 'POST', path: '/open/a%20b', sourceIp: '127.0.0.1' },
        time: '01/Jan/2026:00:00:00 +0000',
        timeEpoch: Date.parse('2026-01-01T00:00:00Z'),
      },
      body: '{"n":1}',
      isBase64Encoded: false,
    });
    expect(seen[0]?.headers).not.toHaveProperty('cookie');
    expect(answer.headers.get('apigw-requestid')).toBe(seen[0]?.requestContext.requestId);
  });

  it.each([
    ['application/problem+json', '{}', '{}', false],
    ['text/csv; charset=utf-8', 'ä;1', 'ä;1', false],
    ['text/csv', Buffer.from([0xe4, 0x3b]), '5Ds=', true],
    ['application/octet-stream', 'abc', 'YWJj', true],
    ['image/png', Buffer.from([1, 2]), 'AQI=', true],
  ])('hands over a body of %s', async (type, body, expected, isBase64Encoded) => {
    await fetch(`${url}/open/x`, { method: 'PUT', headers: { 'content-type': type }, body });
    expect(seen[0]).toMatchObject({ body: expected, isBase64Encoded });
  });

  it('a request without a body has none in its event', async () => {
    await fetch(`${url}/open/x`);
    expect(seen[0]).not.toHaveProperty('body');
  });

  it.each([
    [
      'a full response',
      { statusCode: 201, headers: { 'X-Kind': 'yes', 'content-type': 'text/html' }, body: '<p>' },
      201,
      'text/html',
      '<p>',
    ],
    ['base64', { statusCode: 200, isBase64Encoded: true, body: 'aGk=' }, 200, 'text/plain; charset=utf-8', 'hi'],
    ['bare JSON', { plain: true }, 200, 'application/json', '{"plain":true}'],
    ['bare text', 'hello', 200, 'application/json', 'hello'],
    ['no body', { statusCode: 204 }, 204, 'text/plain; charset=utf-8', ''],
    ['an impossible status', { statusCode: 'ok' }, 500, 'application/json', '{"message":"Internal Server Error"}'],
  ])('turns %s into a response', async (_name, returned, status, type, text) => {
    host.functions[FN] = () => returned;
    const answer = await fetch(`${url}/open/x`);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([status, type, text]);
  });

  it('sets each cookie on its own', async () => {
    host.functions[FN] = () => ({ statusCode: 200, cookies: ['a=1; Path=/', 'b=2'] });
    expect((await fetch(`${url}/open/x`)).headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
  });

  it('answers in the words of AWS when the function throws, takes too long, or there is no route', async () => {
    const answerOf = async (path: string) => {
      const answer = await fetch(url + path);
      return [answer.status, await answer.json()];
    };
    host.functions[FN] = () => {
      throw new Error('secret detail');
    };
    expect(await answerOf('/open/x')).toEqual([500, { message: 'Internal Server Error' }]);
    host.functions[FN] = () => new Promise(() => undefined);
    expect(await answerOf('/open/x')).toEqual([503, { message: 'Service Unavailable' }]);
    delete host.functions[FN];
    expect(await answerOf('/open/x')).toEqual([500, { message: 'Internal Server Error' }]);
    expect(await answerOf('/elsewhere')).toEqual([404, { message: 'Not Found' }]);
  });

  it('takes a body of 10 MB, refuses one byte more, and stays up', async () => {
    const post = (bytes: number) => fetch(`${url}/open/x`, { method: 'POST', body: Buffer.alloc(bytes, 'x') });
    const refused = await post(10 * 1024 * 1024 + 1);
    expect([refused.status, await refused.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
    expect(seen).toEqual([]);
    expect((await post(10 * 1024 * 1024)).status).toBe(200);
  });

  describe('with an authorizer', () => {
    const asked: Record<string, unknown>[] = [];
    const get = (token?: string) =>
      fetch(`${url}/guarded/7`, { headers: token === undefined ? {} : { authorization: token } });
    beforeEach(() => {
      asked.length = 0;
      host.functions[GUARD] = (event) => {
        asked.push(event as Record<string, unknown>);
        return { isAuthorized: asked.at(-1)?.identitySource?.toString() === 'good', context: { role: 'operator' } };
      };
    });

    it('refuses without asking when the identity is missing', async () => {
      const answer = await get();
      expect([answer.status, await answer.json()]).toEqual([401, { message: 'Unauthorized' }]);
      expect(asked).toEqual([]);
      expect(seen).toEqual([]);
    });

    it('asks once per identity and time to live, and passes the context on', async () => {
      expect((await get('good')).status).toBe(200);
      await get('good');
      expect(asked).toMatchObject([
        {
          type: 'REQUEST',
          identitySource: ['good'],
          routeKey: 'GET /guarded/{id}',
          routeArn: expect.stringMatching(/\/\$default\/GET\/guarded\/7$/),
        },
      ]);
      expect(seen[0]?.requestContext.authorizer).toEqual({ lambda: { role: 'operator' } });
      await host.clock.advance(60_000);
      await get('good');
      expect(asked).toHaveLength(2);
    });

    it('refuses a stranger, also from memory', async () => {
      const answer = await get('bad');
      expect([answer.status, await answer.json()]).toEqual([403, { message: 'Forbidden' }]);
      expect((await get('bad')).status).toBe(403);
      expect(asked).toHaveLength(1);
      expect(seen).toEqual([]);
    });

    it.each([
      [
        'throws',
        () => {
          throw new Error('no');
        },
      ],
      ['answers nonsense', () => ({ allowed: true })],
    ])('that %s lets nobody in and is asked again', async (_name, broken) => {
      const working = host.functions[GUARD] as (payload: unknown) => unknown;
      host.functions[GUARD] = broken;
      const answer = await get('good');
      expect([answer.status, await answer.json()]).toEqual([500, { message: 'Internal Server Error' }]);
      expect(seen).toEqual([]);
      host.functions[GUARD] = working;
      expect((await get('good')).status).toBe(200);
    });

    it('that does not exist lets nobody in', async () => {
      const RouteKey = 'GET /lost';
      await make('Route', 'Lost', {
        ApiId: made[0]?.ref,
        RouteKey,
        Target: 'integrations/x',
        AuthorizationType: 'CUSTOM',
        AuthorizerId: 'gone',
      });
      expect((await fetch(`${url}/lost`, { headers: { authorization: 'good' } })).status).toBe(500);
    });
  });

  it('answers preflights itself and replaces the CORS headers of its function', async () => {
    const headers = { origin: 'https://console.example', 'access-control-request-method': 'GET' };
    const answer = await fetch(`${url}/guarded/7`, { method: 'OPTIONS', headers });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': 'https://console.example',
      'access-control-allow-methods': 'GET',
      'access-control-max-age': '600',
    });
    host.functions[FN] = () => ({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' } });
    const other = await fetch(`${url}/open/x`, { headers: { origin: 'https://elsewhere.example' } });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each(['evil.example', '127.0.0.1.evil.example:80', 'localhost.evil.example'])(
    'turns away a request for the host "%s"',
    async (name) => {
      const status = await new Promise((resolve, reject) => {
        httpRequest(`${url}/open/x`, { headers: { host: name } }, (answer) => resolve(answer.resume().statusCode))
          .on('error', reject)
          .end();
      });
      expect(status).toBe(403);
      expect(seen).toEqual([]);
    },
  );

  it('is on loopback only and says so when its port is taken', async () => {
    const port = Number(new URL(url).port);
    const socket = connect(port, '127.0.0.1');
    await until(() => socket.readyState === 'open');
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
    const second = Object.assign(testHost(), { httpPort: port });
    const resource: Resource = { logicalId: 'Api', type: 'AWS::ApiGatewayV2::Api', properties: {}, stackName: 'Test' };
    await expect(service.factories[0]?.create(resource, second)).rejects.toThrow(`Port ${port} is in use`);
  });

  it('a stop finishes what is in flight and takes nothing new', async () => {
    const finish = Promise.withResolvers<unknown>();
    host.functions[FN] = (event) => {
      seen.push(event as HttpEvent);
      return finish.promise;
    };
    const inFlight = fetch(`${url}/open/x`);
    await until(() => seen.length === 1);
    const stopped = Promise.all(made.map((one) => one.stop?.()));
    await expect(fetch(`${url}/open/x`)).rejects.toThrow('fetch failed');
    finish.resolve({ statusCode: 200, body: 'finished' });
    expect(await (await inFlight).text()).toBe('finished');
    await stopped;
  });
});

describe('routes', () => {
  const router = new Router();
  const KEYS = [
    'ANY /{proxy+}',
    'GET /pets/{id}',
    'ANY /pets/{id}',
    'GET /pets/dog',
    'GET /pets/{proxy+}',
    'GET /pets/{id}/toys',
    '$default',
  ];
  for (const key of KEYS) router.add({ key, integrationId: 'i' });

  it.each([
    ['GET', '/pets/dog', 'GET /pets/dog', {}],
    ['GET', '/pets/7', 'GET /pets/{id}', { id: '7' }],
    ['POST', '/pets/7', 'ANY /pets/{id}', { id: '7' }],
    ['POST', '/pets/dog', 'ANY /pets/{id}', { id: 'dog' }],
    ['GET', '/pets/7/toys', 'GET /pets/{id}/toys', { id: '7' }],
    ['GET', '/pets/7/bones/2', 'GET /pets/{proxy+}', { proxy: '7/bones/2' }],
    ['PUT', '/pets/7/bones/2', 'ANY /{proxy+}', { proxy: 'pets/7/bones/2' }],
    ['GET', '/pets/a%2Fb', 'GET /pets/{id}', { id: 'a/b' }],
    ['GET', '/', '$default', {}],
  ])('%s %s takes %s', (method, path, key, pathParameters) => {
    expect(router.find(method, path)).toEqual({ route: { key, integrationId: 'i' }, pathParameters });
  });
});
