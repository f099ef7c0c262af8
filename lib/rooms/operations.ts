// The room operations: who may come in, the status of the whole, the documentation and the console.
import type { Construct } from 'constructs';
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/operations/env.ts';
import type { Served } from '../platform/http-api.ts';
import type { Platform } from '../platform/platform.ts';
import { Room } from '../platform/room.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { RoomTable } from '../platform/room-table.ts';
import { RotatedSecret } from '../platform/rotated-secret.ts';
import { type Held, tendCredentials } from './operations-credentials.ts';
import { authorizeRequests, followAgents, manageIdentity } from './operations-identity.ts';

/** `secrets`: what other rooms keep, by its name in config/credentials.yaml */
export type OperationsProps = { platform: Platform; secrets: readonly Held[] };
type Summarizing = { room: string; summarize: RoomFunction };

export class Operations extends Room {
  /** principals, the digests of their tokens, and who used what is sensitive */
  readonly table = new RoomTable(this, { indexes: ['roster'], timeToLiveAttribute: 'expiresAt' });
  readonly operatorToken = new RotatedSecret(this, 'OperatorToken', 'The bearer token of the operator of LazyArk');
  readonly authorize: RoomFunction;
  readonly #identity: Served;

  constructor(scope: Construct, { platform, secrets }: OperationsProps) {
    super(scope, 'operations', platform);
    this.authorize = authorizeRequests(this);
    const rotate = new RoomFunction(this, 'rotate-operator-token', {
      environment: { OPERATOR_TOKEN_SECRET: this.operatorToken.arn } satisfies EnvOf<typeof Env.RotateOperatorTokenEnv>,
      impact: "The operator's token grows old: it is not replaced when it should be.",
    });
    this.operatorToken.rotateBy(rotate, platform.settings.operatorTokenRotationDays, 'operatorTokenRotationDays');
    const held = [{ name: 'operator-token', arn: this.operatorToken.arn, rotatedBy: rotate }, ...secrets];
    tendCredentials(this, held);
    this.#identity = manageIdentity(this, held);
    followAgents(this);
  }

  /** Comes after the other rooms, whose summaries it calls; one of them is the audit, which follows this room's table. */
  serve(summarizing: readonly Summarizing[]): Served[] {
    const summaries = summarizing.map(({ room, summarize }) => [room, summarize.functionName]);
    const serve = new RoomFunction(this, 'serve-http', {
      environment: {
        SUMMARIES: JSON.stringify(Object.fromEntries(summaries)),
      } satisfies EnvOf<typeof Env.ServeHttpEnv>,
      impact: 'The console and the status page do not open.',
    }).mayCall(...summarizing.map(({ summarize }) => summarize));
    const openPaths = ['/api/v1/openapi.json', '/api/v1/docs', '$default'];
    return [this.#identity, { by: serve, paths: ['/api/v1/status'], openPaths }];
  }
}
