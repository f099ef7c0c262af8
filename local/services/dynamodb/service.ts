// AWS::DynamoDB::GlobalTable (TableV2) and AWS::DynamoDB::Table of the template, as tables of the SQLite store.
import type { TableDefinition } from '../../../functions/common/table-sqlite.ts';
import { arnOf, type Host, type Made, physicalName, type Resource, type Service } from '../../service.ts';

const sweepEveryMs = 60_000;

type KeySchema = { AttributeName: string; KeyType: string }[];
type Projection = { ProjectionType?: string; NonKeyAttributes?: string[] };
export type TableProperties = {
  TableName?: string;
  KeySchema: KeySchema;
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  GlobalSecondaryIndexes?: { IndexName: string; KeySchema: KeySchema; Projection?: Projection }[];
  LocalSecondaryIndexes?: unknown[];
  StreamSpecification?: { StreamViewType?: string };
  TimeToLiveSpecification?: { Enabled?: boolean; AttributeName?: string };
};

/** What a table of the template is called and how it is reached, for whoever resolves its ARN or stream. */
export type TableFacts = {
  name: string;
  arn: string;
  streamArn: string;
  stream: boolean;
  /** index → the attributes it carries, when these are not all */
  projections: Map<string, Set<string>>;
  /** something reads the stream; without a reader its changes are dropped */
  mapped: boolean;
};

/** The tables of this runtime, by name. */
export function tablesOf(host: Pick<Host, 'shared'>): Map<string, TableFacts> {
  return host.shared('dynamodb', () => new Map<string, TableFacts>());
}

async function create(resource: Resource, host: Host): Promise<Made> {
  const properties = resource.properties as TableProperties;
  const name = String(properties.TableName ?? physicalName(resource, 255));
  host.store.defineTable(definitionOf(name, properties));
  const arn = arnOf('dynamodb', `table/${name}`);
  const streamArn = `${arn}/stream/2026-01-01T00:00:00.000`;
  tablesOf(host).set(name, {
    name,
    arn,
    streamArn,
    stream: Boolean(properties.StreamSpecification),
    mapped: false,
    projections: projectionsOf(properties),
  });
  return {
    ref: name,
    attributes: { Arn: arn, StreamArn: streamArn, TableId: resource.logicalId },
    ...host.shared('dynamodb-sweeper', () => sweeper(host)),
  };
}

/** The store's definition of a template's table; refuses what the house convention (pk, sk, <index>Pk …) excludes. */
export function definitionOf(name: string, properties: TableProperties): TableDefinition {
  requireKeys(properties.KeySchema, 'pk', 'sk', 'the table');
  for (const { AttributeName, AttributeType } of properties.AttributeDefinitions) {
    if (AttributeType !== 'S') throw new Error(`the key ${AttributeName} must be a string`);
  }
  if (properties.LocalSecondaryIndexes?.length) throw new Error('local secondary indexes are not covered');
  const view = properties.StreamSpecification?.StreamViewType;
  if (view !== undefined && view !== 'NEW_AND_OLD_IMAGES')
    throw new Error(`the stream must carry both images, not ${view}`);
  const indexes = (properties.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema }) => {
    requireKeys(KeySchema, `${IndexName}Pk`, `${IndexName}Sk`, `the index ${IndexName}`);
    return { name: IndexName };
  });
  const ttl = properties.TimeToLiveSpecification;
  const stream = properties.StreamSpecification !== undefined;
  return { name, indexes, stream, ...(ttl?.Enabled === false ? {} : ttl && { ttlAttribute: ttl.AttributeName }) };
}

/** What each index with less than all attributes carries: the keys, and what it names. */
function projectionsOf({ GlobalSecondaryIndexes = [] }: TableProperties): Map<string, Set<string>> {
  const partial = GlobalSecondaryIndexes.filter(({ Projection }) => Projection?.ProjectionType !== 'ALL');
  return new Map(
    partial.map(({ IndexName, Projection }) => {
      const keys = ['pk', 'sk', `${IndexName}Pk`, `${IndexName}Sk`];
      return [IndexName, new Set([...keys, ...(Projection?.NonKeyAttributes ?? [])])];
    }),
  );
}

function requireKeys(schema: KeySchema, hash: string, range: string, what: string): void {
  const found = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName;
  if (found('HASH') === hash && found('RANGE') === range) return;
  throw new Error(`the keys of ${what} must be ${hash} and ${range}, not ${found('HASH')} and ${found('RANGE')}`);
}

/** One life cycle for all tables: what has expired is deleted once a minute. */
function sweeper(host: Host): Pick<Made, 'start' | 'stop'> {
  let started = false;
  let stopped = false;
  let pending: { cancel(): void } | undefined;
  const sweep = () => {
    for (const table of tablesOf(host).values()) {
      if (table.stream && !table.mapped) host.store.trimChanges(table.name, Number.MAX_SAFE_INTEGER);
    }
    const failed = (error: unknown) => host.log({ level: 'error', message: 'TTL sweep failed', error: String(error) });
    const again = () => {
      if (!stopped) pending = host.clock.after(sweepEveryMs, sweep);
    };
    void host.store.sweepExpired(host.clock.now()).catch(failed).then(again);
  };
  return {
    start: () => {
      if (!started) sweep();
      started = true;
    },
    stop: () => {
      stopped = true;
      pending?.cancel();
    },
  };
}

export const service: Service = {
  factories: [
    { type: 'AWS::DynamoDB::GlobalTable', create },
    { type: 'AWS::DynamoDB::Table', create },
  ],
};
