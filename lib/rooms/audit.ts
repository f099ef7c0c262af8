// The room audit: an append-only record of every change. No role may update or delete what is in its table.
import type { Construct } from 'constructs';
import type * as Env from '../../functions/audit/env.ts';
import type { EnvOf } from '../../functions/common/env.ts';
import type { Served } from '../platform/http-api.ts';
import type { Platform } from '../platform/platform.ts';
import { Room } from '../platform/room.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { feed } from '../platform/room-stream.ts';
import { RoomTable } from '../platform/room-table.ts';

export type AuditProps = { platform: Platform; records: readonly RoomTable[] };

export class Audit extends Room {
  readonly table = new RoomTable(this, { indexes: ['lane'], stream: false });
  readonly summarize: RoomFunction;
  readonly serves: Served;

  constructor(scope: Construct, { platform, records }: AuditProps) {
    super(scope, 'audit', platform);
    this.#record(records);
    const environment = { AUDIT_TABLE: this.table.tableName } satisfies EnvOf<typeof Env.ServeHttpEnv> &
      EnvOf<typeof Env.SummarizeLanesEnv>;
    const serve = new RoomFunction(this, 'serve-http', {
      environment,
      impact: 'Auditors cannot read or verify the trail; it is still being written.',
    });
    this.summarize = new RoomFunction(this, 'summarize-lanes', {
      environment,
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
  }
}
