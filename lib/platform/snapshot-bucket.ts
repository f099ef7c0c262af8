// Where snapshots of what the rooms keep lie. Nobody but the functions that take and restore them gets in.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import { acknowledge } from './acknowledge.ts';
import type { RoomFunction } from './room-function.ts';

export class SnapshotBucket extends Bucket {
  constructor(scope: Construct, { snapshotRetentionDays }: Settings) {
    super(scope, 'SnapshotBucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      // In every stage: CloudFormation deletes no bucket that holds objects, and fails the whole deletion over it.
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { expiration: Duration.days(snapshotRetentionDays), noncurrentVersionExpiration: Duration.days(7) },
      ],
    });
    acknowledge(
      this,
      'AwsSolutions-S1',
      'Access logs need a second bucket; three functions may read, and each restore is in the audit.',
    );
  }

  allowReadWrite(...functions: readonly RoomFunction[]): void {
    this.#allow(['s3:GetObject', 's3:PutObject'], functions);
  }

  /** Who may list is told that an object is missing; who may not is told that it is not allowed. */
  allowList(...functions: readonly RoomFunction[]): void {
    for (const fn of functions) fn.may(['s3:ListBucket'], [this.bucketArn]);
  }

  allowPut(...functions: readonly RoomFunction[]): void {
    this.#allow(['s3:PutObject'], functions);
  }

  #allow(actions: readonly string[], functions: readonly RoomFunction[]): void {
    const finding = `AwsSolutions-IAM5[Resource::<${this.stack.getLogicalId(this.node.defaultChild as CfnBucket)}.Arn>/*]`;
    for (const fn of functions) {
      fn.may(actions, [this.arnForObjects('*')]);
      acknowledge(fn.role, finding, 'Any snapshot, because they are named after their time; nothing else lies there.');
    }
  }
}
