// What every built-in agent has in common: it answers pings, checks the call, keeps the deadline and echoes the fence.
import * as z from 'zod';
import { type AgentAnswer, AgentCall, AgentPing, type AgentPong } from '../common/agent-call.ts';
import type { Download } from './download.client.ts';
import { PermanentTaskError, TransientTaskError } from './errors.ts';

const timerMsMax = 2 ** 31 - 1; // a longer timer would fire at once

/** The call, plus the signal that fires at its deadline and the way to fetch data. */
export type Work = AgentCall & { signal: AbortSignal; download: Download };
/** Pure function of its payload: an agent has no permissions, its answer is its only effect. */
export type Skill = (work: Work) => unknown | Promise<unknown>;
export type AgentOptions = {
  capabilities: Readonly<Record<string, Skill>>;
  /** for agents that read data */
  download?: Download;
  now?: () => number;
};

const noDownload: Download = () => Promise.reject(new PermanentTaskError('This agent does not fetch data'));

/**
 * A Lambda handler for an agent with these capabilities. A ping is answered with what the agent can do. Throws
 * PermanentTaskError for a call that does not fit or asks for an unknown capability, TransientTaskError at the deadline.
 */
export function runAgent({ capabilities, download = noDownload, now = Date.now }: AgentOptions) {
  return async (event: unknown, context?: { functionVersion?: string }): Promise<AgentAnswer | AgentPong> => {
    const ping = isObject(event) && 'ping' in event ? AgentPing.safeParse(event) : undefined;
    if (ping?.success) return pong(ping.data.agentId, Object.keys(capabilities), context?.functionVersion);
    const call = callFrom(event);
    const skill = Object.hasOwn(capabilities, call.capability) ? capabilities[call.capability] : undefined;
    if (!skill)
      throw new PermanentTaskError(
        `Agent ${call.agentId} has no capability ${call.capability}; it has ${Object.keys(capabilities).join(', ')}`,
      );
    const result = await beforeDeadline(call, (signal) => skill({ ...call, signal, download }), now());
    return { taskId: call.taskId, fence: call.fence, result };
  };
}

const isObject = (event: unknown): event is object => typeof event === 'object' && event !== null;

const pong = (agentId: string, capabilities: string[], version = '$LATEST'): AgentPong => ({
  agentId,
  status: 'READY',
  capabilities,
  version,
});

function callFrom(event: unknown): AgentCall {
  const parsed = AgentCall.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new PermanentTaskError(`The call does not fit the contract of agents: ${z.prettifyError(parsed.error)}`);
}

async function beforeDeadline(
  call: AgentCall,
  work: (signal: AbortSignal) => unknown,
  nowMs: number,
): Promise<unknown> {
  const leftMs = Date.parse(call.deadlineAt) - nowMs;
  const tooLate = new TransientTaskError(`The deadline ${call.deadlineAt} passed before ${call.capability} was done`);
  if (leftMs <= 0) throw tooLate;
  const abort = new AbortController();
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => {
      reject(tooLate);
      abort.abort(tooLate);
    },
    Math.min(leftMs, timerMsMax),
  );
  try {
    return await Promise.race([work(abort.signal), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
