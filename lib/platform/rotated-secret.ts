// A secret of our own making, and its replacement at an interval by the room's rotation function.
import { RemovalPolicy } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnRotationSchedule, type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { acknowledge } from './acknowledge.ts';
import type { Room } from './room.ts';
import type { RoomFunction } from './room-function.ts';

const ROTATION_STEPS = ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];

export class RotatedSecret extends Secret {
  /** The ARN, asked for by attribute: Ref is the ARN on AWS only, emulators answer with the name. */
  readonly arn: string;

  constructor(room: Room, name: string, description: string) {
    super(room, `${name}Secret`, {
      description,
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.arn = (this.node.defaultChild as CfnSecret).attrId;
  }

  allowRead(fn: RoomFunction): void {
    fn.may(['secretsmanager:GetSecretValue'], [this.arn]);
  }

  /**
   * Every 30, 60 or 90 days, or never (0): `setting` is what switched it off. L1, because the L2 adds a resource policy
   * that no one needs here: the role's rights are the whole rule.
   */
  rotateBy(fn: RoomFunction, everyDays: number, setting: string): void {
    fn.may(
      ROTATION_STEPS.map((step) => `secretsmanager:${step}`),
      [this.arn],
    );
    if (everyDays === 0) {
      acknowledge(this, 'AwsSolutions-SMG4', `Rotation is switched off by the setting ${setting}.`);
      return;
    }
    const principal = new ServicePrincipal('secretsmanager.amazonaws.com');
    fn.addPermission('Rotation', { principal, sourceAccount: this.stack.account });
    const schedule = new CfnRotationSchedule(this, 'Rotation', {
      secretId: this.arn,
      rotationLambdaArn: fn.functionArn,
      // Not at once: whoever deploys reads the token right after, and it should still be the one they read.
      rotateImmediatelyOnUpdate: false,
      rotationRules: { scheduleExpression: `rate(${everyDays} days)` },
    });
    schedule.node.addDependency(fn);
  }
}
