// What is kept of persons: a table without stream and backups, the secret that wraps its keys, and the one who may open it.
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/safety/env.ts';
import { acknowledge } from '../platform/acknowledge.ts';
import type { Served } from '../platform/http-api.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { RoomTable } from '../platform/room-table.ts';
import type { Safety } from './safety.ts';

export function keepPersons(room: Safety): Served {
  const persons = new RoomTable(room, { name: 'persons', stream: false, recoverable: false });
  const secret = masterSecret(room);
  const serve = new RoomFunction(room, 'serve-privacy', {
    environment: {
      SAFETY_TABLE: room.table.tableName,
      PERSONS_TABLE: persons.tableName,
      PRIVACY_SECRET: secret,
    } satisfies EnvOf<typeof Env.ServePrivacyEnv>,
    impact: 'Personal data can be neither kept, shown nor erased: requests for erasure wait, and have a deadline.',
  });
  persons.allowReadWrite(serve);
  // The access log, remembered requests, and the record of an erasure.
  room.table.allowOnly(['GetItem', 'PutItem', 'UpdateItem'], serve);
  serve.may(['secretsmanager:GetSecretValue'], [secret]);
  const paths = ['privacy/{proxy+}', 'compliance/{proxy+}'];
  return { by: serve, paths: paths.map((path) => `/api/v1/${path}`) };
}

function masterSecret(room: Safety): string {
  const secret = new Secret(room, 'PrivacySecret', {
    description: 'Wraps the keys of persons in LazyArk. Deleting it erases everybody at once.',
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    removalPolicy: room.platform.dataRemoval,
  });
  acknowledge(
    secret,
    'AwsSolutions-SMG4',
    'Each person has a key of their own; another secret here would have to wrap all of them again.',
  );
  return (secret.node.defaultChild as CfnSecret).attrId;
}
