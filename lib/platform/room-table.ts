// A room's table. House convention: keys `pk` and `sk`; index `waiting` has the keys `waitingPk` and `waitingSk`.
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { acknowledge } from './acknowledge.ts';
import { pascal } from './names.ts';
import type { Room } from './room.ts';
import type { RoomFunction } from './room-function.ts';

const READ_ITEMS = ['dynamodb:GetItem'];
const WRITE_ITEMS = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'];

export type RoomTableProps = {
  /** KEYS_ONLY, so that a write pays for two keys: who finds keys in an index gets the items from the table */
  indexes?: readonly string[];
  timeToLiveAttribute?: string;
  /** changes feed the audit and the room's own functions; only the audit itself has none */
  stream?: boolean;
  /** for a table beside the room's own */
  name?: string;
  /** backups to any second; not where what is erased has to be gone */
  recoverable?: boolean;
};

/** The rights are written out: CDK's grants add scans and batches that the table port never uses. */
export class RoomTable extends TableV2 {
  readonly #indexes: readonly string[];

  constructor(
    room: Room,
    { indexes = [], timeToLiveAttribute, stream = true, name = room.room, recoverable = true }: RoomTableProps,
  ) {
    const string = (attribute: string) => ({ name: attribute, type: AttributeType.STRING });
    super(room, `${pascal(name)}Table`, {
      partitionKey: string('pk'),
      sortKey: string('sk'),
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: recoverable },
      deletionProtection: room.platform.settings.keepData,
      removalPolicy: room.platform.dataRemoval,
      ...(stream && { dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES }),
      ...(timeToLiveAttribute && { timeToLiveAttribute }),
      globalSecondaryIndexes: indexes.map((indexName) => ({
        indexName,
        partitionKey: string(`${indexName}Pk`),
        sortKey: string(`${indexName}Sk`),
        projectionType: ProjectionType.KEYS_ONLY,
      })),
    });
    this.#indexes = indexes;
    if (!recoverable)
      acknowledge(this, 'AwsSolutions-DDB3', 'A backup would keep for 35 days what a person asked to be erased.');
  }

  /** get and query, the indexes included */
  allowRead(...functions: readonly RoomFunction[]): void {
    const queried = [this.tableArn, ...this.#indexes.map((index) => `${this.tableArn}/index/${index}`)];
    for (const fn of functions) fn.may(READ_ITEMS, [this.tableArn]).may(['dynamodb:Query'], queried);
  }

  allowWrite(...functions: readonly RoomFunction[]): void {
    for (const fn of functions) fn.may(WRITE_ITEMS, [this.tableArn]);
  }

  allowReadWrite(...functions: readonly RoomFunction[]): void {
    this.allowRead(...functions);
    this.allowWrite(...functions);
  }

  /** exactly these operations on items, for a right that is narrower than read or write */
  allowOnly(
    operations: readonly ('GetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'ConditionCheckItem')[],
    fn: RoomFunction,
  ): void {
    fn.may(
      operations.map((operation) => `dynamodb:${operation}`),
      [this.tableArn],
    );
  }
}
