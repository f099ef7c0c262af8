// Who may come in: the authorizer, the principals that people manage, and those that agents bring along.
import { Duration } from 'aws-cdk-lib';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { AgentDeregistered, AgentRegistered } from '../../functions/agents/events.ts';
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/operations/env.ts';
import { listenTo } from '../platform/event-bus.ts';
import type { Served } from '../platform/http-api.ts';
import { RoomAlarm } from '../platform/room-alarm.ts';
import { RoomFunction } from '../platform/room-function.ts';
import type { Operations } from './operations.ts';
import { type Held, secretsByName } from './operations-credentials.ts';

/** Far above what forgotten and mistyped tokens cause, far below what guessing would take. */
const UNKNOWN_TOKENS_IN_FIVE_MINUTES = 50;

export function authorizeRequests(room: Operations): RoomFunction {
  const authorize = new RoomFunction(room, 'authorize-request', {
    environment: {
      OPERATOR_TOKEN_SECRET: room.operatorToken.arn,
      OPERATIONS_TABLE: room.table.tableName,
    } satisfies EnvOf<typeof Env.AuthorizeRequestEnv>,
    timeoutSeconds: 10,
    impact: 'Nobody gets in: every request to the API is refused.',
  });
  room.operatorToken.allowRead(authorize);
  room.table.allowOnly(['GetItem', 'UpdateItem'], authorize);
  const guesses = new MetricFilter(room, 'UnknownTokens', {
    logGroup: authorize.logGroup,
    filterPattern: FilterPattern.all(
      FilterPattern.stringValue('$.message', '=', 'refused'),
      FilterPattern.stringValue('$.reason', '=', 'unknown'),
    ),
    metricNamespace: 'LazyArk',
    metricName: 'UnknownTokens',
    metricValue: '1',
  });
  new RoomAlarm(room, 'UnknownTokens', {
    metric: guesses.metric({ statistic: 'Sum', period: Duration.minutes(5) }),
    threshold: UNKNOWN_TOKENS_IN_FIVE_MINUTES,
    impact: 'Somebody tries one token after the other; nobody else notices anything.',
    runbook: 'somebody-tries-tokens',
  });
  return authorize;
}

export function manageIdentity(room: Operations, held: readonly Held[]): Served {
  const serve = new RoomFunction(room, 'serve-principals', {
    environment: {
      OPERATIONS_TABLE: room.table.tableName,
      CREDENTIAL_SECRETS: secretsByName(held),
    } satisfies EnvOf<typeof Env.ServePrincipalsEnv>,
    impact: 'Nobody can be let in or kept out; tokens that are there work on.',
  });
  room.table.allowRead(serve);
  room.table.allowOnly(['PutItem', 'UpdateItem'], serve);
  // Who starts a rotation has to be allowed to call what carries it out.
  for (const { arn, rotatedBy } of held)
    if (rotatedBy) serve.mayCall(rotatedBy).may(['secretsmanager:RotateSecret'], [arn]);
  const fresh = ['principals', 'principals/{proxy+}', 'credentials', 'credentials/{proxy+}'];
  return { by: serve, paths: ['/api/v1/me'], freshPaths: fresh.map((path) => `/api/v1/${path}`) };
}

/** The room of agents says which credential belongs to whom by its digest; its table stays its own. */
export function followAgents(room: Operations): void {
  const follow = new RoomFunction(room, 'follow-agents', {
    environment: { OPERATIONS_TABLE: room.table.tableName } satisfies EnvOf<typeof Env.FollowAgentsEnv>,
    asynchronousRetries: 2,
    impact: 'Agents from outside that registered are refused, and those that left are still let in.',
  });
  room.table.allowOnly(['PutItem', 'UpdateItem'], follow);
  listenTo(room.platform.bus, [AgentRegistered, AgentDeregistered], follow);
}
