// A built-in agent reports its outcome itself, with the real name of what went wrong; a crash or a time-out is reported by Lambda.
import { AgentCall } from '../common/agent-call.ts';

type Agent = (event: unknown, context?: { functionVersion?: string }) => Promise<unknown>;
export type SendOutcome = (outcome: object) => Promise<void>;

/** Pings are answered to the caller; the outcome of a task goes to the queue, an error included, and is no error any more. */
export const reporting =
  (agent: Agent, send: SendOutcome): Agent =>
  async (event, context) => {
    const call = AgentCall.pick({ taskId: true, fence: true }).safeParse(event);
    if (!call.success) return agent(event, context);
    await send(await outcomeOf(agent, event, call.data));
    return undefined;
  };

async function outcomeOf(agent: Agent, event: unknown, ids: { taskId: string; fence: string }): Promise<object> {
  try {
    const answer = (await agent(event)) as { result?: unknown } | undefined;
    return { ...ids, result: answer?.result };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const stack = (error.stack ?? '')
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
    return { ...ids, error: { name: error.name, message: error.message, stack } };
  }
}
