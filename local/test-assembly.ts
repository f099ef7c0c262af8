// Small assemblies for the runtime's tests: a template, and handler files written as text.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { type Runtime, type RuntimeOptions, startRuntime } from './main.ts';

type Resources = Record<string, { Type: string; Properties?: Record<string, unknown>; [other: string]: unknown }>;
export type TestApp = {
  resources: Resources;
  /** file in the asset folder → its text */
  files?: Record<string, string>;
  rest?: Record<string, unknown>;
};

const scratch: string[] = [];
afterAll(() => {
  for (const folder of scratch) rmSync(folder, { recursive: true, force: true });
});

/** A new folder, gone again after the tests of the file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lazyark-runtime-'));
  scratch.push(folder);
  return folder;
}

/** Writes cdk.out into `folder` and returns its path. */
export function writeAssembly(folder: string, { resources, files = {}, rest = {} }: TestApp): string {
  const out = join(folder, 'cdk.out');
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(out, 'asset.code', file)), { recursive: true });
    writeFileSync(join(out, 'asset.code', file), text);
  }
  mkdirSync(out, { recursive: true });
  const put = (file: string, value: unknown) => writeFileSync(join(out, file), JSON.stringify(value));
  const destinations = { here: { bucketName: 'assets', objectKey: 'code.zip' } };
  put('App.assets.json', { files: { code: { source: { path: 'asset.code', packaging: 'zip' }, destinations } } });
  put('App.template.json', { Resources: resources, ...rest });
  put('manifest.json', {
    artifacts: {
      'App.assets': { type: 'cdk:asset-manifest', properties: { file: 'App.assets.json' } },
      App: { type: 'aws:cloudformation:stack', properties: { templateFile: 'App.template.json' } },
    },
  });
  return out;
}

/** Starts an app in a folder of its own, or again in the folder of an earlier start. */
export async function startApp(
  app: TestApp,
  options: Partial<RuntimeOptions> & { folder?: string } = {},
): Promise<Runtime & { folder: string; logs: Record<string, unknown>[] }> {
  const folder = options.folder ?? scratchFolder();
  const logs: Record<string, unknown>[] = [];
  const log = (line: object) => void logs.push(line as Record<string, unknown>);
  const assembly = writeAssembly(folder, app);
  const runtime = await startRuntime({ assembly, dataDir: join(folder, 'data'), port: 0, log, ...options });
  return Object.assign(runtime, { folder, logs });
}

const trust = (service: string) => ({ Statement: [{ Effect: 'Allow', Principal: { Service: service } }] });

/** A function `<id>` with a role `<id>Role` that may do what `statements` say. */
export function functionResources(
  id: string,
  handler: string,
  properties: Record<string, unknown> = {},
  statements: unknown[] = [],
): Resources {
  const policies = statements.length > 0 ? [{ PolicyName: 'own', PolicyDocument: { Statement: statements } }] : [];
  return {
    [`${id}Role`]: {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: trust('lambda.amazonaws.com'), Policies: policies },
    },
    [id]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: id,
        Code: { S3Key: 'code.zip' },
        Handler: handler,
        Role: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] },
        ...properties,
      },
    },
  };
}

/** A table with the house's keys, an index `byName` and a stream. */
export function tableResource(name: string, properties: Record<string, unknown> = {}): Resources[string] {
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  return {
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: {
      TableName: name,
      KeySchema: keys('pk', 'sk'),
      AttributeDefinitions: ['pk', 'sk', 'byNamePk', 'byNameSk'].map((one) => ({
        AttributeName: one,
        AttributeType: 'S',
      })),
      GlobalSecondaryIndexes: [
        { IndexName: 'byName', KeySchema: keys('byNamePk', 'byNameSk'), Projection: { ProjectionType: 'ALL' } },
      ],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      ...properties,
    },
  };
}
