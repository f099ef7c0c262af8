// What tasks can hand their work to, beside a plain function: always as the machine's role.
import { describe, expect, it } from 'vitest';
import { type TestHost, testHost, until } from '../../test-host.ts';
import { service as events } from '../events/service.ts';
import { service } from './service.ts';

const functionArn = 'arn:aws:lambda:eu-central-1:000000000000:function:f';
type Json = Record<string, unknown>;

/** Runs a one-task machine to its end; `answer` sends the token's answer when one was given out. */
async function runTask(host: TestHost, resource: string, Parameters: Json, more: Json = {}): Promise<Json> {
  const state = { Type: 'Task', Resource: `arn:aws:states:::${resource}`, Parameters, End: true, ...more };
  const machine = await create(host, { StartAt: 'Do', States: { Do: state } }, 'M');
  return ended(host, await start(host, machine));
}

async function create(host: TestHost, definition: object, StateMachineName: string): Promise<string> {
  const properties = { DefinitionString: JSON.stringify(definition), RoleArn: 'arn:role', StateMachineName };
  const resource = { logicalId: 'M', type: 'AWS::StepFunctions::StateMachine', properties, stackName: 's' };
  const made = await service.factories[0]!.create(resource, host);
  await made.start?.();
  return made.ref;
}

async function call(host: TestHost, name: string, input: Json): Promise<Json> {
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), body: Buffer.from(JSON.stringify(input)) };
  const headers = { 'x-amz-target': `AWSStepFunctions.${name}` };
  return JSON.parse(String((await service.apis![0]!.handle({ ...request, headers }, { kind: 'operator' }, host)).body));
}
const start = async (host: TestHost, stateMachineArn: string) =>
  String((await call(host, 'StartExecution', { stateMachineArn, input: '{"id":7}' })).executionArn);
const ended = (host: TestHost, executionArn: string) =>
  until(async () => {
    const found = await call(host, 'DescribeExecution', { executionArn });
    return found.status === 'RUNNING' ? undefined : found;
  });
const outputOf = (execution: Json) => JSON.parse(String(execution.output));

describe('lambda:invoke', () => {
  it('wraps the payload', async () => {
    const host = testHost();
    host.functions[functionArn] = (payload) => payload;
    const execution = await runTask(host, 'lambda:invoke', { FunctionName: 'f', 'Payload.$': '$' });
    expect(outputOf(execution)).toMatchObject({ Payload: { id: 7 }, StatusCode: 200 });
  });

  it('can be asynchronous', async () => {
    const host = testHost();
    await runTask(host, 'lambda:invoke', { FunctionName: functionArn, InvocationType: 'Event', Payload: 1 });
    expect(host.sent).toEqual([{ targetArn: functionArn, payload: 1 }]);
  });

  it('names an API error after the service', async () => {
    const execution = await runTask(testHost(), 'lambda:invoke', { FunctionName: 'none' });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Lambda.ResourceNotFoundException' });
  });
});

describe('sqs:sendMessage', () => {
  const QueueUrl = 'http://127.0.0.1:4571/000000000000/work';
  it('sends as the role', async () => {
    const host = testHost();
    await runTask(host, 'sqs:sendMessage', { QueueUrl, MessageBody: { 'id.$': '$.id' } });
    const targetArn = 'arn:aws:sqs:eu-central-1:000000000000:work';
    expect(host.sent).toEqual([{ targetArn, payload: '{"id":7}', roleArn: 'arn:role' }]);
  });

  it('can carry a task token', async () => {
    const host = testHost();
    const Parameters = { QueueUrl, MessageBody: { 'token.$': '$$.Task.Token' } };
    const running = runTask(host, 'sqs:sendMessage.waitForTaskToken', Parameters);
    const { token } = JSON.parse(String((await until(() => host.sent[0])).payload));
    await call(host, 'SendTaskSuccess', { taskToken: token, output: '"read"' });
    expect(outputOf(await running)).toBe('read');
  });
});

describe('events:putEvents', () => {
  const Entries = [{ Source: 'ark', DetailType: 'Done', Detail: { 'id.$': '$.id' } }];
  async function listening(host: TestHost) {
    const properties = { EventPattern: { source: ['ark'] }, Targets: [{ Id: 'T', Arn: functionArn }] };
    const resource = { logicalId: 'R', type: 'AWS::Events::Rule', properties, stackName: 's' };
    await events.factories.find(({ type }) => type === resource.type)?.create(resource, host);
  }

  it('publishes', async () => {
    const host = testHost();
    await listening(host);
    expect(outputOf(await runTask(host, 'events:putEvents', { Entries }))).toMatchObject({ FailedEntryCount: 0 });
    expect(host.sent).toMatchObject([
      { targetArn: functionArn, payload: { 'detail-type': 'Done', detail: { id: 7 } } },
    ]);
  });

  it('fails on a refused entry and without the right', async () => {
    const host = testHost();
    const refused = await runTask(host, 'events:putEvents', { Entries: [{ ...Entries[0], Source: 'aws.x' }] });
    expect(refused).toMatchObject({ error: 'EventBridge.FailedEntry' });
    host.denied.add('events:PutEvents');
    const denied = await runTask(host, 'events:putEvents', { Entries });
    expect(denied).toMatchObject({ error: 'EventBridge.AccessDeniedException' });
  });
});

describe('states:startExecution', () => {
  it('starts another machine with the input', async () => {
    const host = testHost();
    const other = await create(host, { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } }, 'Other');
    const execution = await runTask(host, 'states:startExecution', { StateMachineArn: other, 'Input.$': '$' });
    const { ExecutionArn } = outputOf(execution);
    expect(await ended(host, ExecutionArn)).toMatchObject({ status: 'SUCCEEDED', output: '{"id":7}' });
  });
});
