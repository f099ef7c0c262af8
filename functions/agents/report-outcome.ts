// A built-in agent answers with its outcome, an error under its real name included; Lambda carries it to the outcome queue.
import { AttemptRef } from '../common/agent-call.ts';
import { maskError, masked } from '../common/mask.ts';
import { maskCrashes } from '../common/mask-crashes.ts';

type Agent = (event: unknown, context?: { functionVersion?: string }) => Promise<unknown>;
export type SendOutcome = (outcome: object) => Promise<void>;

/**
 * Pings are answered as they are. With `send` the agent sends its outcome itself and answers nothing, for platforms that
 * do not deliver what an asynchronous invocation answered.
 */
export function reporting(agent: Agent, send?: SendOutcome): Agent {
  maskCrashes();
  return async (event, context) => {
    const call = AttemptRef.safeParse(event);
    if (!call.success) return agent(event, context);
    const outcome = await outcomeOf(agent, event, call.data);
    return send ? send(outcome) : outcome;
  };
}

async function outcomeOf(agent: Agent, event: unknown, ids: AttemptRef): Promise<object> {
  try {
    const answer = (await agent(event)) as { result?: unknown } | undefined;
    return { ...ids, result: answer?.result };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(masked(String(thrown)));
    maskError(error);
    const stack = (error.stack ?? '')
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
    return { ...ids, error: { name: error.name, message: error.message, stack } };
  }
}
