// The AWS endpoint as the SDK calls it: who is calling, what they may do, and what happens to what is not covered.
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionCommand, InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionResources, startApp } from './test-assembly.ts';

const files = {
  'room/f.mjs': `
    export const environment = async () => ({ ...process.env });
    export const echo = async (event) => { console.log('heard'); if (event.fail) throw new TypeError('no'); return { event }; };`,
};
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const resources = {
  ...functionResources('echo', 'room/f.echo'),
  ...functionResources('closed', 'room/f.echo', { ReservedConcurrentExecutions: 0 }),
  ...functionResources('caller', 'room/f.environment', {}, [
    {
      Effect: 'Allow',
      Action: ['lambda:InvokeFunction', 'lambda:GetFunction'],
      Resource: [arn('echo'), arn('closed')],
    },
  ]),
  ...functionResources('stranger', 'room/f.environment'),
};

let runtime: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  runtime = await startApp({ resources, files });
});
afterAll(() => runtime.stop());

/** SDK settings as a function of this runtime has them. */
async function settingsOf(name: string, from = runtime) {
  const env = (await from.invoke(name, {})).payload as Record<string, string>;
  const credentials = {
    accessKeyId: env.AWS_ACCESS_KEY_ID!,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY!,
    sessionToken: env.AWS_SESSION_TOKEN!,
  };
  return { region: env.AWS_REGION!, endpoint: env.AWS_ENDPOINT_URL!, credentials, maxAttempts: 1 };
}
const lambdaAs = async (name: string) => new LambdaClient(await settingsOf(name));
const invoke = (FunctionName: string, event: unknown, more = {}) =>
  new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), ...more });

describe('Invoke', () => {
  it('runs a function by name and by ARN', async () => {
    const client = await lambdaAs('caller');
    for (const name of ['echo', 'arn:aws:lambda:eu-central-1:000000000000:function:echo', 'echo:$LATEST']) {
      const answer = await client.send(invoke(name, { a: 'ü' }));
      expect(JSON.parse(answer.Payload!.transformToString())).toEqual({ event: { a: 'ü' } });
      expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
      expect(answer.FunctionError).toBeUndefined();
    }
  });

  it('says when the function failed, and shows the end of its log when asked', async () => {
    const answer = await (await lambdaAs('caller')).send(invoke('echo', { fail: true }, { LogType: 'Tail' }));
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(answer.Payload!.transformToString())).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'no',
    });
    expect(Buffer.from(answer.LogResult!, 'base64').toString()).toContain('heard');
  });

  it('takes events and dry runs', async () => {
    const client = await lambdaAs('caller');
    expect(await client.send(invoke('echo', {}, { InvocationType: 'Event' }))).toMatchObject({ StatusCode: 202 });
    expect(await client.send(invoke('echo', {}, { InvocationType: 'DryRun' }))).toMatchObject({ StatusCode: 204 });
  });

  it.each([
    [
      'a payload that is no JSON',
      'caller',
      new InvokeCommand({ FunctionName: 'echo', Payload: '{' }),
      'InvalidRequestContentException',
    ],
    ['a missing function', 'caller', invoke('ghost', {}), 'AccessDeniedException'],
    ['no reserved concurrency', 'caller', invoke('closed', {}), 'TooManyRequestsException'],
    ['no permission', 'stranger', invoke('echo', {}), 'AccessDeniedException'],
  ])('refuses %s', async (_, name, command, error) => {
    await expect((await lambdaAs(name)).send(command)).rejects.toMatchObject({ name: error });
  });

  it('words a denial as AWS does', async () => {
    await expect((await lambdaAs('stranger')).send(invoke('echo', {}))).rejects.toThrow(
      'User: arn:aws:sts::000000000000:assumed-role/App-strangerRole/stranger is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:eu-central-1:000000000000:function:echo because no identity-based policy allows the lambda:InvokeFunction action',
    );
  });

  it('describes a function', async () => {
    const { Configuration } = await (await lambdaAs('caller')).send(new GetFunctionCommand({ FunctionName: 'echo' }));
    expect(Configuration).toMatchObject({ FunctionName: 'echo', State: 'Active', MemorySize: 128, Timeout: 3 });
  });
});

describe('what is not covered', () => {
  it('names the operation', async () => {
    await expect((await lambdaAs('caller')).send(new ListFunctionsCommand({}))).rejects.toThrow(
      'does not cover the operation GET /2015-03-31/functions of lambda',
    );
  });

  it('names the service and the operation', async () => {
    const client = new DynamoDBClient(await settingsOf('caller'));
    await expect(client.send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('ListTables of dynamodb'),
    });
  });
});

describe('the signature', () => {
  const attempt = async (change: (credentials: { accessKeyId: string; secretAccessKey: string }) => object) => {
    const settings = await settingsOf('caller');
    return new LambdaClient({
      ...settings,
      credentials: { ...settings.credentials, ...change(settings.credentials) },
    }).send(invoke('echo', {}));
  };

  it('of a wrong secret is refused', async () => {
    await expect(attempt(() => ({ secretAccessKey: 'guess' }))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
  });

  it('of an unknown key is refused', async () => {
    await expect(attempt(() => ({ accessKeyId: 'ASIAGHOST' }))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });

  it('must be there', async () => {
    const { endpoint } = await settingsOf('caller');
    const answer = await fetch(endpoint, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });

  it('stays good over a restart, and so does the address', async () => {
    const first = await startApp({ resources, files });
    const before = await settingsOf('caller', first);
    await first.stop();
    const second = await startApp({ resources, files }, { folder: first.folder });
    expect(await settingsOf('caller', second)).toEqual(before);
    await second.stop();
  });
});

describe('chaos', () => {
  it('throttles, fails and loses answers, which the SDK rides out', async () => {
    const chaotic = await startApp(
      { resources, files },
      { chaos: 'seed=3,throttle=20%,error500=10%,lostResponse=20%' },
    );
    const client = new LambdaClient({ ...(await settingsOf('caller', chaotic)), maxAttempts: 12 });
    for (let n = 0; n < 10; n++) expect((await client.send(invoke('echo', { n }))).StatusCode).toBe(200);
    const impatient = new LambdaClient(await settingsOf('caller', chaotic));
    const tries = await Promise.allSettled(Array.from({ length: 40 }, () => impatient.send(invoke('echo', {}))));
    expect(tries.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(8);
    await chaotic.stop();
  });
});
