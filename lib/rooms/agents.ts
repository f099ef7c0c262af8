// The room agents: who there is, and the built-in ones, which may do nothing but send their outcome.

import type { Construct } from 'constructs';
import type * as Env from '../../functions/agents/env.ts';
import type { EnvOf } from '../../functions/common/env.ts';
import { TaskDispatched } from '../../functions/objectives/events.ts';
import { announceOn, workOn } from '../platform/event-bus.ts';
import type { Served } from '../platform/http-api.ts';
import type { Platform } from '../platform/platform.ts';
import { Room } from '../platform/room.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { RoomQueue } from '../platform/room-queue.ts';
import { RoomTable } from '../platform/room-table.ts';
import { isolatedSandbox } from './agents-sandbox.ts';
import type { Safety } from './safety.ts';

/** What each may use; the drill is meant to run out of it. */
const BUILT_IN = {
  'run-analyst': { memoryMb: 1024, timeoutSeconds: 300 },
  'run-strategist': { memoryMb: 512, timeoutSeconds: 120 },
  'run-writer': { memoryMb: 512, timeoutSeconds: 120 },
  'run-noop': { memoryMb: 256, timeoutSeconds: 30 },
  'run-toolsmith': { memoryMb: 512, timeoutSeconds: 120 },
  'run-drill': { memoryMb: 256, timeoutSeconds: 10 },
};

export class Agents extends Room {
  readonly table = new RoomTable(this, { indexes: ['roster', 'kept'], timeToLiveAttribute: 'expiresAt' });
  /** what built-in agents send when they are done, and what Lambda sends when one crashed or ran out of time */
  readonly outcomes = new RoomQueue(this, 'OutcomeQueue', { hiddenSeconds: 60, receivesMax: 5 });
  readonly builtIn: RoomFunction[];
  readonly register: RoomFunction;
  readonly greet: RoomFunction;
  readonly summarize: RoomFunction;
  readonly transfer: RoomFunction;
  readonly serves: Served;

  constructor(scope: Construct, { platform, safety }: { platform: Platform; safety: Safety }) {
    super(scope, 'agents', platform);
    this.builtIn = this.#runBuiltIn();
    this.register = new RoomFunction(this, 'register-agents', {
      environment: {
        AGENTS_TABLE: this.table.tableName,
        AGENT_FUNCTIONS: JSON.stringify(Object.fromEntries(this.builtIn.map((fn) => [fn.name, fn.functionName]))),
      } satisfies EnvOf<typeof Env.RegisterAgentsEnv>,
      impact: 'The swarm does not start: the agents of the configuration are not registered.',
    });
    const announcing = {
      AGENTS_TABLE: this.table.tableName,
      EVENT_BUS: platform.bus.eventBusName,
    } satisfies EnvOf<typeof Env.GreetAgentEnv>;
    this.greet = new RoomFunction(this, 'greet-agent', {
      environment: announcing,
      timeoutSeconds: 60,
      impact: 'Agents that are fine count as silent and get no work.',
    }).mayCall(...this.builtIn);
    const serve = new RoomFunction(this, 'serve-http', {
      environment: { ...announcing, SAFETY_TABLE: safety.table.tableName } satisfies EnvOf<typeof Env.ServeHttpEnv>,
      impact: 'Agents outside cannot register, report or fetch work, and nobody sees which agents there are.',
    });
    safety.table.allowOnly(['GetItem'], serve);
    this.serves = { by: serve, paths: ['/api/v1/agents', '/api/v1/agents/{proxy+}'] };
    this.table.allowReadWrite(this.register, this.greet, serve);
    for (const fn of [this.greet, serve]) announceOn(platform.bus, fn);
    this.summarize = new RoomFunction(this, 'summarize-agents', {
      environment: { AGENTS_TABLE: this.table.tableName } satisfies EnvOf<typeof Env.SummarizeAgentsEnv>,
      impact: 'The status page lacks its part about agents.',
    });
    this.table.allowRead(this.summarize);
    this.transfer = this.#transfer();
  }

  /** the registry's part in snapshots */
  #transfer(): RoomFunction {
    const { snapshots } = this.platform;
    const transfer = new RoomFunction(this, 'transfer-state', {
      environment: {
        AGENTS_TABLE: this.table.tableName,
        SNAPSHOT_BUCKET: snapshots.bucketName,
      } satisfies EnvOf<typeof Env.TransferStateEnv>,
      memoryMb: 2048,
      timeoutSeconds: 300,
      impact: 'Snapshots lack the registry of agents, so none is finished.',
    });
    this.table.allowReadWrite(transfer);
    snapshots.allowReadWrite(transfer);
    return transfer;
  }

  /** Programs run elsewhere: the agent that is given them may ask the isolated function, and nothing more. */
  #giveSandbox(agent: RoomFunction): void {
    const sandbox = isolatedSandbox(this);
    const environment = { SANDBOX_FUNCTION: sandbox.functionName } satisfies EnvOf<typeof Env.RunToolsmithEnv>;
    for (const [name, value] of Object.entries(environment)) agent.addEnvironment(name, value);
    agent.mayCall(sandbox);
  }

  /**
   * Their one right is that what they answer reaches the queue of outcomes. No retries: an attempt that failed is judged
   * by the objective's room, which may give the task to another agent.
   */
  #runBuiltIn(): RoomFunction[] {
    const sending = { OUTCOME_QUEUE_URL: this.outcomes.queueUrl } satisfies EnvOf<typeof Env.RunAgentEnv>;
    const environment: Record<string, string> = this.platform.settings.agentsSendOutcomes ? sending : {};
    return Object.entries(BUILT_IN).map(([name, limits]) => {
      const agent = new RoomFunction(this, name, {
        environment,
        ...limits,
        errorsTolerated: 20,
        impact: `Tasks of the agent ${name.slice('run-'.length)} fail one after the other and end as dead letters.`,
      });
      if (name === 'run-toolsmith') this.#giveSandbox(agent);
      agent.reportTo(this.outcomes);
      workOn(this.platform.bus, TaskDispatched, agent);
      return agent;
    });
  }
}
