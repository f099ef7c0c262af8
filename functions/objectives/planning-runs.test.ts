// Which runs of the planning machine are begun, and which a kill stops.
import {
  ExecutionAlreadyExists,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { planningOn, planningStopOn } from './planning-runs.client.ts';

const objectiveId = 'obj_01ARZ3NDEKTSV4RRFFQ69G5FA0';
const machineArn = 'arn:aws:states:eu-west-1:123456789012:stateMachine:decompose';
const clientOf = (send: (command: { input: object }) => object) =>
  ({ send: async (command: never) => send(command) }) as unknown as SFNClient;

it('one for each cause: told twice it has the same name, which is refused, and that is fine', async () => {
  const begun: StartExecutionCommand['input'][] = [];
  const client = clientOf((command) => {
    if (!(command instanceof StartExecutionCommand)) throw new Error('nothing else is asked for');
    if (command.input.stateMachineArn !== machineArn) throw new Error('no such machine');
    const isThere = begun.some(({ name }) => name === command.input.name);
    begun.push(command.input);
    if (isThere) throw new ExecutionAlreadyExists({ message: 'there', $metadata: {} });
    return {};
  });
  for (const cause of ['joined the queue #1', 'joined the queue #2', 'joined the queue #1'])
    await planningOn(machineArn, client)(objectiveId, cause);
  const [first, second, again] = begun;
  expect(first?.name).toMatch(/^[\w-]{1,80}$/);
  expect(JSON.parse(first?.input ?? '')).toEqual({ causedBy: objectiveId, run: first?.name });
  expect(second?.name).not.toBe(first?.name);
  expect(again?.name).toBe(first?.name);
  await expect(planningOn('another', client)(objectiveId, '')).rejects.toThrow('no such machine');
});

it('a kill stops those that began before it, on all pages, and not those after', async () => {
  const before = new Date('2026-11-20T12:00:00Z');
  const later = new Date('2026-11-20T12:00:01Z');
  const stopped: unknown[] = [];
  const client = clientOf((command) => {
    if (command instanceof StopExecutionCommand) stopped.push(command.input.executionArn);
    if (!(command instanceof ListExecutionsCommand)) return {};
    if (command.input.nextToken) return { executions: [{ executionArn: 'c', startDate: before }] };
    const executions = [
      { executionArn: 'a', startDate: before },
      { executionArn: 'b', startDate: later },
    ];
    return { executions, nextToken: 'more' };
  });
  expect(await planningStopOn(machineArn, client)('stopped by kil_1', before)).toBe(2);
  expect(stopped).toEqual(['a', 'c']);
});
