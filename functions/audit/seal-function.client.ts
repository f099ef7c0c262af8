// Calls the function that seals the audit and waits for what it says.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { HttpProblem } from '../common/http.ts';
import type { Sealed } from './seal-root.ts';

export const sealBy =
  (FunctionName: string, client = new LambdaClient()) =>
  async (): Promise<Sealed> => {
    const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName, Payload: '{}' }));
    const answer = JSON.parse(Payload?.transformToString() || '{}') as Sealed & { errorMessage?: string };
    if (FunctionError)
      throw new HttpProblem(503, 'not_sealed', `The audit could not be sealed: ${answer.errorMessage}`);
    return answer;
  };
