// Builds what the functions that carry out a task graph share, from their environment. Production wiring only.
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { announceOn } from '../common/announce.ts';
import { Capabilities, type Capability } from '../common/capability.ts';
import { readConfig } from '../common/config.ts';
import { openTables } from '../common/table-open.ts';
import { readFlags } from '../safety/control-flags.ts';
import { openGate, openStages } from '../safety/gate-deps.ts';
import { agentCallsOn } from './agent-calls.client.ts';
import { artifactsIn } from './artifacts.client.ts';
import { flagsIn } from './control-look.ts';
import { finishIn } from './finish-objective.ts';
import { giveUpIn } from './give-up.ts';
import { markSucceededIn } from './mark-succeeded.ts';
import { resourceKey } from './objective-items.ts';
import { readsIn } from './objective-reads.ts';
import type { DispatchDeps } from './place-task.ts';
import { planningOn, planningStopOn } from './planning-runs.client.ts';
import type { RemindIn } from './reminder.ts';
import type { SettleDeps } from './settle-task.ts';

const SQS_DELAY_SECONDS_MAX = 900;

export const knownCapabilities = (): Map<string, Capability> =>
  new Map(readConfig('capabilities.yaml', Capabilities).map((capability) => [capability.name, capability]));

/** Has tasks looked at again later: a message on the timer queue. Delays of more than 15 min are left to the sweep. */
export function timersOn(queueUrl: string, client = new SQSClient({ useQueueUrlAsEndpoint: false })): RemindIn {
  return async (delayMs, reminder) => {
    const delaySeconds = Math.min(SQS_DELAY_SECONDS_MAX, Math.ceil(delayMs / 1_000));
    const body = JSON.stringify(reminder);
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, DelaySeconds: delaySeconds }));
  };
}

export type ExecutionEnv = { OBJECTIVES_TABLE: string; SAFETY_TABLE: string; TIMER_QUEUE_URL: string };

/** What settling needs; dispatching adds `dispatchDeps`. */
export function settleDeps(env: ExecutionEnv): SettleDeps & Pick<DispatchDeps, 'stages'> {
  const tables = openTables();
  const table = env.OBJECTIVES_TABLE;
  const now = () => new Date();
  const capabilities = knownCapabilities();
  return {
    tables,
    table,
    now,
    random: Math.random,
    reads: readsIn(tables, table, now),
    gate: openGate(env),
    stages: openStages(env),
    giveUp: giveUpIn(tables, table, now),
    finish: finishIn(tables, table, now),
    markSucceeded: markSucceededIn(tables, table),
    capability: (name) => capabilities.get(name),
    remindIn: timersOn(env.TIMER_QUEUE_URL),
  };
}

export function dispatchDeps(
  env: ExecutionEnv & { ARTIFACT_BUCKET: string; EVENT_BUS: string },
): DispatchDeps & SettleDeps {
  const base = settleDeps(env);
  const artifacts = artifactsIn(env.ARTIFACT_BUCKET);
  return {
    ...base,
    flags: flagsIn(base.tables, env.SAFETY_TABLE, base.now),
    callAgent: agentCallsOn(env.EVENT_BUS, new EventBridgeClient()),
    inputsOf: async (objectiveId) => artifacts.inputsOf((await base.reads.objective(objectiveId))?.inputs ?? []),
    runningOf: async ({ agentId, concurrency }) => {
      if (concurrency === undefined) return 0;
      const item = await base.tables.get(base.table, resourceKey(`agent:${agentId}`));
      return item?.holders instanceof Set ? item.holders.size : 0;
    },
  };
}

/** For the sweep, which also carries out kills: it runs every minute, so it is warm when one is pressed. */
export function sweepDeps(env: Parameters<typeof dispatchDeps>[0] & { DECOMPOSE_MACHINE_ARN: string }) {
  const base = dispatchDeps(env);
  const machines = new SFNClient();
  return {
    ...base,
    startPlanning: planningOn(env.DECOMPOSE_MACHINE_ARN, machines),
    stopPlanning: planningStopOn(env.DECOMPOSE_MACHINE_ARN, machines),
    announce: announceOn(env.EVENT_BUS, new EventBridgeClient()),
    flagsNow: () => readFlags(base.tables, env.SAFETY_TABLE),
  };
}
