// The room safety: the control flags and the record of every effect.
import type { Construct } from 'constructs';
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/safety/env.ts';
import { announceOn } from '../platform/event-bus.ts';
import type { Served } from '../platform/http-api.ts';
import type { Platform } from '../platform/platform.ts';
import { Room } from '../platform/room.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { RoomTable } from '../platform/room-table.ts';
import { weighDecisions } from './safety-decisions.ts';
import { followEffects } from './safety-effects.ts';
import { containSwarm, serveDiscord } from './safety-kill.ts';
import { channelsSecret, escalateNotices } from './safety-notices.ts';
import { performEffects } from './safety-performer.ts';

export class Safety extends Room {
  readonly table = new RoomTable(this, {
    indexes: ['effects', 'open', 'limits', 'decisions', 'kept', 'notices'],
    timeToLiveAttribute: 'expiresAt',
  });
  readonly activate: RoomFunction;
  readonly summarize: RoomFunction;
  readonly serves: Served;
  readonly servesDiscord: Served;
  readonly channelsSecretArn: string;

  constructor(scope: Construct, { platform }: { platform: Platform }) {
    super(scope, 'safety', platform);
    const environment = {
      SAFETY_TABLE: this.table.tableName,
      EVENT_BUS: platform.bus.eventBusName,
    } satisfies EnvOf<typeof Env.ActivateSwarmEnv>;
    this.channelsSecretArn = channelsSecret(this);
    const serve = new RoomFunction(this, 'serve-http', {
      environment: {
        ...environment,
        CHANNELS_SECRET: this.channelsSecretArn,
        SNAPSHOT_BUCKET: platform.snapshots.bucketName,
      } satisfies EnvOf<typeof Env.ServeHttpEnv>,
      impact: 'Nobody can stop or resume the swarm, or see what it did, through the API.',
    });
    this.activate = new RoomFunction(this, 'activate-swarm', {
      environment,
      impact: 'The swarm stays inactive after its start: every effect is refused.',
    });
    for (const fn of [serve, this.activate]) {
      this.table.allowReadWrite(fn);
      announceOn(platform.bus, fn);
    }
    serve.may(['secretsmanager:PutSecretValue'], [this.channelsSecretArn]);
    followEffects(this);
    weighDecisions(this);
    containSwarm(this);
    this.servesDiscord = serveDiscord(this);
    performEffects(this);
    this.summarize = new RoomFunction(this, 'summarize-control', {
      environment: { SAFETY_TABLE: this.table.tableName } satisfies EnvOf<typeof Env.SummarizeControlEnv>,
      impact: 'The status page does not say whether the swarm may act.',
    });
    this.table.allowRead(this.summarize);
    escalateNotices(this, this.channelsSecretArn);
    const topics = [
      'kills',
      'effects',
      'decisions',
      'limits',
      'notices',
      'policies',
      'stages',
      'anomalies',
      'behaviour',
    ];
    const paths = ['control', 'kill', 'settings', 'drills', ...topics.flatMap((topic) => [topic, `${topic}/{proxy+}`])];
    const freshPaths = ['/api/v1/resume', '/api/v1/notices/channels'];
    // The kill works with a remembered token even when the authorizer does not; lifting it asks anew, and so do secrets.
    this.serves = { by: serve, paths: paths.map((path) => `/api/v1/${path}`), freshPaths };
  }
}
