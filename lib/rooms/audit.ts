// The room audit: an append-only record of every change. No role may update or delete what is in its table.
import { Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type * as Env from '../../functions/audit/env.ts';
import { SensitiveRead } from '../../functions/audit/events.ts';
import type { EnvOf } from '../../functions/common/env.ts';
import { ArchiveBucket } from '../platform/archive-bucket.ts';
import { announceOn, everyMinutes, listenTo } from '../platform/event-bus.ts';
import type { Served } from '../platform/http-api.ts';
import type { Platform } from '../platform/platform.ts';
import { Room } from '../platform/room.ts';
import { RoomAlarm } from '../platform/room-alarm.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { feed } from '../platform/room-stream.ts';
import { RoomTable } from '../platform/room-table.ts';

export type AuditProps = { platform: Platform; records: readonly RoomTable[] };

export class Audit extends Room {
  /** entries and roots have no time to live; only the marks that keep a redelivered batch from being written twice do */
  readonly table = new RoomTable(this, { indexes: ['lane'], stream: false, timeToLiveAttribute: 'expiresAt' });
  readonly archive = new ArchiveBucket(this);
  readonly summarize: RoomFunction;
  readonly serves: Served;

  constructor(scope: Construct, { platform, records }: AuditProps) {
    super(scope, 'audit', platform);
    this.#record(records);
    this.#recordAccess();
    const seal = this.#seal();
    const table = { AUDIT_TABLE: this.table.tableName };
    const serve = new RoomFunction(this, 'serve-http', {
      environment: {
        ...table,
        ARCHIVE_BUCKET: this.archive.bucketName,
        SEAL_FUNCTION: seal.functionName,
        EVENT_BUS: platform.bus.eventBusName,
      } satisfies EnvOf<typeof Env.ServeHttpEnv>,
      impact: 'Auditors cannot read or verify the trail; it is still being written.',
    }).mayCall(seal);
    this.archive.allowRead(serve);
    announceOn(platform.bus, serve);
    this.summarize = new RoomFunction(this, 'summarize-lanes', {
      environment: table satisfies EnvOf<typeof Env.SummarizeLanesEnv>,
      impact: 'The status page does not say how far the audit trail has come.',
    });
    this.table.allowRead(serve, this.summarize);
    this.serves = { by: serve, paths: ['/api/v1/audit', '/api/v1/audit/{proxy+}'] };
  }

  #record(tables: readonly RoomTable[]): void {
    const record = new RoomFunction(this, 'record-changes', {
      environment: { AUDIT_TABLE: this.table.tableName } satisfies EnvOf<typeof Env.RecordChangesEnv>,
      timeoutSeconds: 60,
      impact: 'Changes are not in the audit trail yet; after 24 hours without a mend they never will be.',
    });
    this.table.allowOnly(['GetItem', 'Query', 'PutItem'], record);
    for (const table of tables) {
      feed(record, table, {
        batchSizeMax: 200,
        windowSeconds: this.platform.settings.auditWindowSeconds,
        onFailure: 'insist',
      });
    }
    new RoomAlarm(this, 'Lag', {
      metric: record.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(1) }),
      threshold: 300_000,
      evaluationPeriods: 5,
      impact: 'The audit trail is more than five minutes behind what happens.',
      runbook: 'the-audit-falls-behind',
    });
  }

  #recordAccess(): void {
    const recordAccess = new RoomFunction(this, 'record-access', {
      environment: { AUDIT_TABLE: this.table.tableName } satisfies EnvOf<typeof Env.RecordAccessEnv>,
      asynchronousRetries: 2,
      impact: 'Who reads what is sensitive is not on the trail yet; it waits in the failures of the room.',
    });
    this.table.allowOnly(['GetItem', 'Query', 'PutItem'], recordAccess);
    listenTo(this.platform.bus, [SensitiveRead], recordAccess);
  }

  #seal(): RoomFunction {
    const { signingKey } = this.platform;
    const { stackName } = Stack.of(this);
    const seal = new RoomFunction(this, 'seal-root', {
      environment: {
        AUDIT_TABLE: this.table.tableName,
        ARCHIVE_BUCKET: this.archive.bucketName,
        SIGNING_KEY: signingKey.keyArn,
        STACK: stackName,
      } satisfies EnvOf<typeof Env.SealRootEnv>,
      timeoutSeconds: 60,
      memoryMb: 1_024,
      asynchronousRetries: 0,
      impact: 'New audit entries are not sealed: until then their end could be cut off unseen.',
    });
    this.table.allowOnly(['GetItem', 'Query', 'PutItem'], seal);
    signingKey.allowSign(seal);
    this.archive.allowWriteOnce(seal);
    everyMinutes(1, seal);
    const age = { namespace: 'LazyArk', metricName: 'AuditAnchorAge', dimensionsMap: { Stack: stackName } };
    new RoomAlarm(this, 'AnchorAge', {
      metric: new Metric({ ...age, statistic: 'Maximum', period: Duration.minutes(5) }),
      threshold: 600,
      silence: 'is a fault',
      evaluationPeriods: 2,
      impact: 'What the audit holds since ten minutes or more has no signed root outside of the table.',
      runbook: 'the-audit-is-not-anchored',
    });
    return seal;
  }
}
