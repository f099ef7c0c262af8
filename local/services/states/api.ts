// The Step Functions API (JSON 1.0): the operations that this runtime covers.
import * as z from 'zod';
import { ApiError, type ApiService, arnOf, type Host } from '../../service.ts';
import { type Call, epochSeconds, jsonApi, type Operation, operation } from '../json-api.ts';
import type { Engine } from './engine.ts';
import { historyOf } from './history-rows.ts';
import { type ExecutionRow, executionByArn, listExecutions } from './rows.ts';

const Arn = z.string().min(1).max(2048);
const Paging = { maxResults: z.int().min(0).max(1000).optional(), nextToken: z.string().optional() };
const ExecutionName = z
  .string()
  .regex(/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u, 'InvalidName: 1 to 80 plain characters');

type EngineOf = (host: Host) => Engine;

/** Step Functions' operations on the engine of a host. */
export const statesApi = (engineOf: EngineOf): ApiService =>
  jsonApi('states', '1.0', {
    ...executionOperations(engineOf),
    ...listOperations(engineOf),
    ...machineOperations(engineOf),
    ...taskOperations(engineOf),
  });

/** Reads one execution after checking that the caller may. */
async function find(arn: string, action: string, { caller, host }: Call): Promise<ExecutionRow> {
  host.authorize(caller, `states:${action}`, arn);
  const row = await host.store.durably((db) => executionByArn(db, arn));
  if (!row) throw new ApiError(400, 'ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  return row;
}
function executionOperations(engineOf: EngineOf): Record<string, Operation> {
  const StartExecution = operation(
    z.object({ stateMachineArn: Arn, name: ExecutionName.optional(), input: z.string().default('{}') }),
    async (wanted, { caller, host }) => {
      const { executionArn, startedMs } = await engineOf(host).start(wanted, caller);
      return { executionArn, startDate: epochSeconds(startedMs) };
    },
  );
  const StopExecution = operation(
    z.object({ executionArn: Arn, error: z.string().max(256).optional(), cause: z.string().max(32_768).optional() }),
    async ({ executionArn, error, cause }, call) => {
      await find(executionArn, 'StopExecution', call);
      return { stopDate: epochSeconds(await engineOf(call.host).stop(executionArn, { error, cause })) };
    },
  );
  const DescribeExecution = operation(z.object({ executionArn: Arn }), async ({ executionArn }, call) =>
    described(await find(executionArn, 'DescribeExecution', call)),
  );
  const RedriveExecution = operation(z.object({ executionArn: Arn }), async ({ executionArn }, call) => {
    await find(executionArn, 'RedriveExecution', call);
    return { redriveDate: epochSeconds(await engineOf(call.host).redrive(executionArn)) };
  });
  return { StartExecution, StopExecution, DescribeExecution, RedriveExecution };
}

function listOperations(engineOf: EngineOf): Record<string, Operation> {
  const ListExecutions = operation(
    z.object({ stateMachineArn: Arn, statusFilter: z.string().optional(), ...Paging }),
    async ({ stateMachineArn, statusFilter, maxResults, nextToken }, { caller, host }) => {
      host.authorize(caller, 'states:ListExecutions', stateMachineArn);
      engineOf(host).machine(stateMachineArn);
      const limit = maxResults || 100;
      const offset = offsetOf(nextToken);
      const wanted = { machine: stateMachineArn, status: statusFilter, limit: limit + 1, offset };
      const rows = await host.store.durably((db) => listExecutions(db, wanted));
      const more = rows.length > limit ? { nextToken: String(offset + limit) } : {};
      return { executions: rows.slice(0, limit).map(listed), ...more };
    },
  );
  const GetExecutionHistory = operation(
    z.object({ executionArn: Arn, reverseOrder: z.boolean().optional(), ...Paging }),
    async ({ executionArn, reverseOrder, maxResults, nextToken }, call) => {
      await find(executionArn, 'GetExecutionHistory', call);
      await engineOf(call.host).running(executionArn)?.flush();
      const events = await call.host.store.durably((db) => historyOf(db, executionArn));
      if (reverseOrder) events.reverse();
      const offset = offsetOf(nextToken);
      const limit = maxResults || 100;
      const more = events.length > offset + limit ? { nextToken: String(offset + limit) } : {};
      return { events: events.slice(offset, offset + limit), ...more };
    },
  );
  return { ListExecutions, GetExecutionHistory };
}

function machineOperations(engineOf: EngineOf): Record<string, Operation> {
  const DescribeStateMachine = operation(
    z.object({ stateMachineArn: Arn }),
    ({ stateMachineArn }, { caller, host }) => {
      host.authorize(caller, 'states:DescribeStateMachine', stateMachineArn);
      const { arn, name, roleArn, definition, createdMs } = engineOf(host).machine(stateMachineArn);
      const times = { creationDate: epochSeconds(createdMs) };
      return {
        stateMachineArn: arn,
        name,
        status: 'ACTIVE',
        definition: definition.text,
        roleArn,
        type: 'STANDARD',
        ...times,
      };
    },
  );
  const ListStateMachines = operation(z.object({}), (_input, { caller, host }) => {
    host.authorize(caller, 'states:ListStateMachines', arnOf('states', 'stateMachine:*'));
    const stateMachines = [...engineOf(host).machines.values()].map(({ arn, name, createdMs }) => ({
      stateMachineArn: arn,
      name,
      type: 'STANDARD',
      creationDate: epochSeconds(createdMs),
    }));
    return { stateMachines };
  });
  return { DescribeStateMachine, ListStateMachines };
}

function taskOperations(engineOf: EngineOf): Record<string, Operation> {
  const Token = z.string().min(1).max(2048);
  const SendTaskSuccess = operation(
    z.object({ taskToken: Token, output: z.string() }),
    async (answer, { caller, host }) => {
      const call = { caller, action: 'states:SendTaskSuccess' };
      await engineOf(host).desk.settle(answer.taskToken, { output: answer.output }, call);
    },
  );
  const SendTaskFailure = operation(
    z.object({ taskToken: Token, error: z.string().max(256).default(''), cause: z.string().max(32_768).default('') }),
    async ({ taskToken, error, cause }, { caller, host }) => {
      const call = { caller, action: 'states:SendTaskFailure' };
      await engineOf(host).desk.settle(taskToken, { error, cause }, call);
    },
  );
  const SendTaskHeartbeat = operation(z.object({ taskToken: Token }), async ({ taskToken }, { caller, host }) => {
    await engineOf(host).desk.beat(taskToken, { caller, action: 'states:SendTaskHeartbeat' });
  });
  return { SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat };
}

function offsetOf(nextToken: string | undefined): number {
  const offset = Number(nextToken ?? 0);
  if (!Number.isInteger(offset) || offset < 0) throw new ApiError(400, 'InvalidToken', 'Invalid token');
  return offset;
}

const listed = (row: ExecutionRow) => ({
  executionArn: row.arn,
  stateMachineArn: row.machine,
  name: row.name,
  status: row.status,
  startDate: epochSeconds(row.started_ms),
  ...(row.stopped_ms === null ? {} : { stopDate: epochSeconds(row.stopped_ms) }),
  redriveCount: row.redrives,
});

const described = (row: ExecutionRow) => ({
  ...listed(row),
  input: row.input,
  inputDetails: { included: true },
  ...(row.output === null ? {} : { output: row.output, outputDetails: { included: true } }),
  ...(row.error === null ? {} : { error: row.error }),
  ...(row.cause === null ? {} : { cause: row.cause }),
});
