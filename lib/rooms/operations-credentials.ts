// What opens doors for the swarm: the function that renews credentials in time, and who may touch which secret.
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/operations/env.ts';
import { announceOn, everyMinutes } from '../platform/event-bus.ts';
import { RoomFunction } from '../platform/room-function.ts';
import type { Operations } from './operations.ts';

/**
 * A secret by its name in config/credentials.yaml. `refreshed`: an OAuth client's, whose tokens the function renews.
 * `rotatedBy`: the function that replaces a token of our own.
 */
export type Held = { name: string; arn: string; refreshed?: boolean; rotatedBy?: RoomFunction };

export const secretsByName = (held: readonly Held[]): string =>
  JSON.stringify(Object.fromEntries(held.map(({ name, arn }) => [name, arn])));

/** Dates of all, values of those alone that it refreshes: this is the one function that calls their providers for it. */
export function tendCredentials(room: Operations, held: readonly Held[]): void {
  const tend = new RoomFunction(room, 'tend-credentials', {
    environment: {
      OPERATIONS_TABLE: room.table.tableName,
      EVENT_BUS: room.platform.bus.eventBusName,
      CREDENTIAL_SECRETS: secretsByName(held),
    } satisfies EnvOf<typeof Env.TendCredentialsEnv>,
    timeoutSeconds: 120,
    asynchronousRetries: 0,
    impact: 'Access to outside services ends when its tokens do, and nobody is warned of what ends next.',
  });
  room.table.allowRead(tend);
  room.table.allowOnly(['PutItem', 'UpdateItem'], tend);
  announceOn(room.platform.bus, tend);
  const arnsOf = (some: readonly Held[]) => some.map(({ arn }) => arn);
  tend.may(['secretsmanager:DescribeSecret'], arnsOf(held));
  const refreshed = arnsOf(held.filter((one) => one.refreshed));
  const steps = ['GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];
  if (refreshed.length > 0)
    tend.may(
      steps.map((step) => `secretsmanager:${step}`),
      refreshed,
    );
  everyMinutes(5, tend);
}
