// Starts dynoxide, a DynamoDB engine that npm installs on some platforms, for the tests that need one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';

const BINARY = new URL(`../../node_modules/@dynoxide/${process.platform}-${process.arch}/dynoxide`, import.meta.url);

export type Dynoxide = { client: DynamoDBClient; stop(): Promise<void> };

/** Whether the engine is there for this platform. */
export const hasDynoxide = existsSync(BINARY);

/** Starts an engine in memory; `stop` ends it. */
export async function startDynoxide(): Promise<Dynoxide> {
  const port = await freePort();
  const engine = spawn(fileURLToPath(BINARY), ['serve', '--port', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  await Promise.race([
    once(engine.stdout, 'data'),
    once(engine.stderr, 'data'),
    once(engine, 'exit').then(([code]) => Promise.reject(new Error(`dynoxide ended with ${code}`))),
  ]);
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    client,
    async stop() {
      client.destroy();
      engine.kill('SIGKILL');
      await once(engine, 'exit');
    },
  };
}

/** Makes a table of the house with the index `queue`. */
export async function createHouseTable(client: DynamoDBClient, name: string): Promise<void> {
  const schema = (pk: string, sk: string) => [
    { AttributeName: pk, KeyType: 'HASH' as const },
    { AttributeName: sk, KeyType: 'RANGE' as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: schema('pk', 'sk'),
      AttributeDefinitions: ['pk', 'sk', 'queuePk', 'queueSk'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      GlobalSecondaryIndexes: [
        { IndexName: 'queue', KeySchema: schema('queuePk', 'queueSk'), Projection: { ProjectionType: 'ALL' } },
      ],
    }),
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
