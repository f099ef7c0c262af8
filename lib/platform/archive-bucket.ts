// Where the audit's signed roots and entries are written once: Object Lock keeps them from everybody until their time is over.
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { acknowledge } from './acknowledge.ts';
import type { Room } from './room.ts';
import type { RoomFunction } from './room-function.ts';

export class ArchiveBucket extends Bucket {
  constructor(room: Room) {
    const { auditArchiveDays, auditArchiveLock } = room.platform.settings;
    const days = Duration.days(auditArchiveDays);
    super(room, 'ArchiveBucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      objectLockEnabled: true,
      // The bucket's own default, so that no role needs a right over retention: who may write cannot choose for how long.
      objectLockDefaultRetention:
        auditArchiveLock === 'compliance' ? ObjectLockRetention.compliance(days) : ObjectLockRetention.governance(days),
      removalPolicy: RemovalPolicy.RETAIN,
      // The keys stay: with them alone can what was taken home still be checked.
      lifecycleRules: ['roots/', 'entries/'].map((prefix) => ({
        prefix,
        expiration: days,
        noncurrentVersionExpiration: Duration.days(1),
      })),
    });
    acknowledge(
      this,
      'AwsSolutions-S1',
      'Two functions reach it and each export is on the trail; a second bucket adds no more.',
    );
  }

  /** Write, without being able to overwrite what is locked, and compare with what is there. */
  allowWriteOnce(fn: RoomFunction): void {
    this.#allow(fn, ['s3:PutObject', 's3:GetObject']);
  }

  allowRead(fn: RoomFunction): void {
    this.#allow(fn, ['s3:GetObject']);
    fn.may(['s3:ListBucket'], [this.bucketArn]);
  }

  #allow(fn: RoomFunction, actions: readonly string[]): void {
    fn.may(actions, [this.arnForObjects('*')]);
    const logicalId = Stack.of(this).getLogicalId(this.node.defaultChild as CfnBucket);
    const finding = `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/*]`;
    acknowledge(fn.role, finding, 'Any object: their names are made at run time, and the bucket holds nothing else.');
  }
}
