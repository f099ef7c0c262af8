// What is asked of a new execution, and the row it begins as.
import { ApiError } from '../../service.ts';
import type { Definition } from './definition.ts';
import { PAYLOAD_BYTES_MAX } from './failure.ts';
import type { ExecutionRow } from './rows.ts';

export type Machine = { arn: string; name: string; roleArn: string; definition: Definition; createdMs: number };
export type Started = { executionArn: string; startedMs: number };
export type Wanted = { stateMachineArn: string; name?: string; input: string };

export function newRow(
  machine: Machine,
  { arn, name, input, startedMs }: { arn: string; name: string; input: string; startedMs: number },
): ExecutionRow {
  return {
    arn,
    machine: machine.arn,
    name,
    role: machine.roleArn,
    definition: machine.definition.hash,
    status: 'RUNNING',
    input,
    output: null,
    error: null,
    cause: null,
    started_ms: startedMs,
    stopped_ms: null,
    redrives: 0,
  };
}

/** Throws ValidationException or InvalidExecutionInput. */
export function checkInput(input: string): void {
  if (Buffer.byteLength(input) > PAYLOAD_BYTES_MAX) {
    throw new ApiError(400, 'ValidationException', `input: at most ${PAYLOAD_BYTES_MAX} bytes are allowed`);
  }
  try {
    JSON.parse(input);
  } catch (error) {
    throw new ApiError(
      400,
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${(error as Error).message}'`,
    );
  }
}
