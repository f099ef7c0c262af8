// The room objectives: intake, the machine that plans, and the functions that carry a task graph to its end.
import type { Construct } from 'constructs';
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/objectives/env.ts';
import { ArtifactBucket } from '../platform/artifact-bucket.ts';
import type { Served } from '../platform/http-api.ts';
import type { Platform } from '../platform/platform.ts';
import { Room } from '../platform/room.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { RoomQueue } from '../platform/room-queue.ts';
import type { RoomStateMachine } from '../platform/room-state-machine.ts';
import { RoomTable } from '../platform/room-table.ts';
import type { Agents } from './agents.ts';
import { carryOutTasks, trackRoster } from './objectives-execution.ts';
import { planObjectives } from './objectives-planning.ts';
import type { Safety } from './safety.ts';

export type ObjectivesProps = { platform: Platform; safety: Safety; agents: Agents };

export class Objectives extends Room {
  readonly table = new RoomTable(this, {
    indexes: ['queue', 'waiting', 'active', 'recent'],
    timeToLiveAttribute: 'expiresAt',
  });
  readonly artifacts = new ArtifactBucket(this);
  /** looks at something again later: leases that end, retries that are due */
  readonly timers = new RoomQueue(this, 'TimerQueue', { hiddenSeconds: 180, receivesMax: 8 });
  readonly decompose: RoomStateMachine;
  readonly summarize: RoomFunction;
  readonly serves: Served;

  constructor(scope: Construct, { platform, safety, agents }: ObjectivesProps) {
    super(scope, 'objectives', platform);
    this.decompose = planObjectives(this);
    carryOutTasks(this, { safety, agents });
    trackRoster(this);
    this.summarize = this.#summarize();
    this.serves = this.#serve();
  }

  #summarize(): RoomFunction {
    const summarize = new RoomFunction(this, 'summarize-objectives', {
      environment: { OBJECTIVES_TABLE: this.table.tableName } satisfies EnvOf<typeof Env.SummarizeObjectivesEnv>,
      impact: 'The status page lacks its part about objectives.',
    });
    this.table.allowRead(summarize);
    return summarize;
  }

  #serve(): Served {
    const serve = new RoomFunction(this, 'serve-http', {
      environment: {
        OBJECTIVES_TABLE: this.table.tableName,
        ARTIFACT_BUCKET: this.artifacts.bucketName,
      } satisfies EnvOf<typeof Env.ServeHttpEnv>,
      impact: 'People cannot submit, watch, pause or cancel objectives.',
    });
    this.table.allowReadWrite(serve);
    this.artifacts.allowGet(serve);
    this.artifacts.allowPut(serve);
    const paths = ['objectives', 'objectives/{proxy+}', 'tasks', 'tasks/{proxy+}', 'artifacts'];
    return { by: serve, paths: paths.map((path) => `/api/v1/${path}`) };
  }
}
