// The room operations: who may come in, the status of the whole, the documentation and the console.
import type { Construct } from 'constructs';
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/operations/env.ts';
import type { Served } from '../platform/http-api.ts';
import { OperatorToken } from '../platform/operator-token.ts';
import type { Platform } from '../platform/platform.ts';
import { Room } from '../platform/room.ts';
import { RoomFunction } from '../platform/room-function.ts';

type Summarizing = { room: string; summarize: RoomFunction };
export type OperationsProps = { platform: Platform; summarizing: readonly Summarizing[] };

export class Operations extends Room {
  readonly operatorToken = new OperatorToken(this);
  readonly authorize: RoomFunction;
  readonly serves: Served;

  constructor(scope: Construct, { platform, summarizing }: OperationsProps) {
    super(scope, 'operations', platform);
    const environment = { OPERATOR_TOKEN_SECRET: this.operatorToken.arn } satisfies EnvOf<
      typeof Env.AuthorizeRequestEnv
    > &
      EnvOf<typeof Env.RotateOperatorTokenEnv>;
    this.authorize = new RoomFunction(this, 'authorize-request', {
      environment,
      timeoutSeconds: 10,
      impact: 'Nobody gets in: every request to the API is refused.',
    });
    this.operatorToken.allowRead(this.authorize);
    const rotate = new RoomFunction(this, 'rotate-operator-token', {
      environment,
      impact: "The operator's token grows old: it is not replaced when it should be.",
    });
    this.operatorToken.rotateBy(rotate, platform.settings.operatorTokenRotationDays);
    this.serves = this.#serve(summarizing);
  }

  #serve(summarizing: readonly Summarizing[]): Served {
    const summaries = summarizing.map(({ room, summarize }) => [room, summarize.functionName]);
    const serve = new RoomFunction(this, 'serve-http', {
      environment: {
        SUMMARIES: JSON.stringify(Object.fromEntries(summaries)),
      } satisfies EnvOf<typeof Env.ServeHttpEnv>,
      impact: 'The console and the status page do not open.',
    }).mayCall(...summarizing.map(({ summarize }) => summarize));
    return {
      by: serve,
      paths: ['/api/v1/status'],
      openPaths: ['/api/v1/openapi.json', '/api/v1/docs', '$default'],
    };
  }
}
