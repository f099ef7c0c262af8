// Where inputs and results too large for a table item lie; reached through presigned URLs only.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  HttpMethods,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { acknowledge } from './acknowledge.ts';
import type { Room } from './room.ts';
import type { RoomFunction } from './room-function.ts';

export class ArtifactBucket extends Bucket {
  constructor(room: Room) {
    super(room, 'ArtifactBucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      // The console uploads from the API's own address; what may be written is decided by the presigned URL alone.
      cors: [
        { allowedMethods: [HttpMethods.PUT], allowedOrigins: ['*'], allowedHeaders: ['content-type'], maxAge: 3_000 },
      ],
      // In every stage: CloudFormation deletes no bucket that holds objects, and fails the whole deletion over it.
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        {
          expiration: Duration.days(room.platform.settings.artifactRetentionDays),
          noncurrentVersionExpiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    acknowledge(
      this,
      'AwsSolutions-S1',
      'Access logs need a second bucket; each URL is signed for one object and audited when given out.',
    );
  }

  allowGet(...functions: readonly RoomFunction[]): void {
    for (const fn of functions) this.#allow(fn, 's3:GetObject');
  }

  allowPut(...functions: readonly RoomFunction[]): void {
    for (const fn of functions) this.#allow(fn, 's3:PutObject');
  }

  #allow(fn: RoomFunction, action: string): void {
    fn.may([action], [this.arnForObjects('*')]);
    const finding = `AwsSolutions-IAM5[Resource::<${this.stack.getLogicalId(this.node.defaultChild as CfnBucket)}.Arn>/*]`;
    acknowledge(
      fn.role,
      finding,
      'Any artifact, because their names are made at run time; this bucket holds nothing else.',
    );
  }
}
