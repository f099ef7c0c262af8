// Hands calls to agents through the bus, those of the same moment together: one request takes up to ten.
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { AgentCall } from '../common/agent-call.ts';
import { TaskDispatched } from './events.ts';

type Waiting = { detail: string; taken: () => void; refused: (error: Error) => void };

const ENTRIES_MAX = 10;
/** A request to the bus may have 1 MB in all. */
const REQUEST_BYTES_MAX = 950_000;

/** The bus did not take the call; the same call may be tried again. */
export class CallNotTaken extends Error {
  override name = 'CallNotTaken';
}

/** Resolves when the bus has taken the call, which is then delivered at least once. */
export function agentCallsOn(bus: string, client: EventBridgeClient) {
  let waiting: Waiting[] = [];
  const flush = () => {
    const all = waiting;
    waiting = [];
    for (const group of inRequests(all)) void send(group, bus, client);
  };
  return (functionName: string, call: AgentCall): Promise<void> =>
    new Promise((taken, refused) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ detail: JSON.stringify({ functionName, call }), taken, refused });
    });
}

function inRequests(all: readonly Waiting[]): Waiting[][] {
  const requests: Waiting[][] = [];
  let bytes = 0;
  for (const one of all) {
    const size = Buffer.byteLength(one.detail) + 200;
    const last = requests.at(-1);
    if (last && last.length < ENTRIES_MAX && bytes + size <= REQUEST_BYTES_MAX) last.push(one);
    else requests.push([one]);
    bytes = requests.at(-1)?.length === 1 ? size : bytes + size;
  }
  return requests;
}

async function send(group: readonly Waiting[], bus: string, client: EventBridgeClient): Promise<void> {
  const { source, detailType } = TaskDispatched;
  try {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: group.map(({ detail }) => ({
          EventBusName: bus,
          Source: source,
          DetailType: detailType,
          Detail: detail,
        })),
      }),
    );
    group.forEach(({ taken, refused }, index) => {
      const fault = Entries[index]?.ErrorCode;
      if (fault) refused(new CallNotTaken(`The bus did not take the call: ${fault}`));
      else taken();
    });
  } catch (error) {
    for (const { refused } of group) refused(error as Error);
  }
}
