// Has a program run by the isolated function and gives back how it ended.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { TransientTaskError } from './errors.ts';
import { type SandboxCall, SandboxEnd } from './sandbox-call.ts';

export type RunInSandbox = (call: SandboxCall) => Promise<SandboxEnd>;

/** Throws TransientTaskError when the function itself did not answer; how the program ended is an answer. */
export function sandboxAt(functionName: string, client = new LambdaClient()): RunInSandbox {
  return async (call) => {
    const asked = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(call) });
    const { Payload, FunctionError } = await client.send(asked).catch((error: Error) => {
      throw new TransientTaskError(`The sandbox could not be asked: ${error.name}`);
    });
    const said = JSON.parse(Payload?.transformToString() || 'null') as { errorMessage?: string } | null;
    const end = SandboxEnd.safeParse(said);
    if (FunctionError || !end.success)
      throw new TransientTaskError(`The sandbox did not answer: ${said?.errorMessage ?? 'nothing that is known'}`);
    return end.data;
  };
}
