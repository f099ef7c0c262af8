// The room bootstrap: the workflow that brings a swarm up and proves that it stands before it may act.
import type { Construct } from 'constructs';
import type * as Env from '../../functions/bootstrap/env.ts';
import type { EnvOf } from '../../functions/common/env.ts';
import type { Served } from '../platform/http-api.ts';
import type { Platform } from '../platform/platform.ts';
import { Room } from '../platform/room.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { RoomStateMachine } from '../platform/room-state-machine.ts';
import type { Agents } from './agents.ts';
import type { Audit } from './audit.ts';
import type { Objectives } from './objectives.ts';
import type { Safety } from './safety.ts';

export type BootstrapProps = {
  platform: Platform;
  safety: Safety;
  agents: Agents;
  objectives: Objectives;
  audit: Audit;
};

export class Bootstrap extends Room {
  readonly machine: RoomStateMachine;
  readonly serves: Served;

  constructor(scope: Construct, { platform, ...rooms }: BootstrapProps) {
    super(scope, 'bootstrap', platform);
    const validate = this.#validate(rooms);
    this.machine = new RoomStateMachine(this, 'bootstrap-swarm', {
      calls: [rooms.agents.register, rooms.agents.greet, validate, rooms.safety.activate],
      impact: 'The swarm did not come up: it accepts objectives but no agent acts on them.',
    });
    this.serves = this.#serve();
  }

  /** Reads one item of each table, to prove that it can. */
  #validate({ safety, agents, objectives, audit }: Omit<BootstrapProps, 'platform'>): RoomFunction {
    const validate = new RoomFunction(this, 'validate-swarm', {
      environment: {
        OBJECTIVES_TABLE: objectives.table.tableName,
        AGENTS_TABLE: agents.table.tableName,
        SAFETY_TABLE: safety.table.tableName,
        AUDIT_TABLE: audit.table.tableName,
        TIMER_QUEUE_URL: objectives.timers.queueUrl,
        EVENT_BUS: this.platform.bus.eventBusName,
      } satisfies EnvOf<typeof Env.ValidateSwarmEnv>,
      impact: 'The swarm does not start: nobody can tell whether its parts are in place.',
    });
    for (const { table } of [objectives, agents, safety, audit]) table.allowOnly(['GetItem'], validate);
    return validate.may(['sqs:GetQueueAttributes'], [objectives.timers.queueArn]);
  }

  #serve(): Served {
    const serve = new RoomFunction(this, 'serve-http', {
      environment: { BOOTSTRAP_MACHINE_ARN: this.machine.stateMachineArn } satisfies EnvOf<typeof Env.ServeHttpEnv>,
      impact: 'The swarm cannot be started or restarted through the API.',
    });
    this.machine.allowStart(serve);
    this.machine.allowFollow(serve);
    return { by: serve, paths: ['/api/v1/bootstrap'] };
  }
}
