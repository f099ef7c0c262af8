// The key that signs what has to be believed later: roots of the audit, certificates of a kill. It never leaves KMS.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import type { RoomFunction } from './room-function.ts';

export class SigningKey extends Key {
  constructor(scope: Construct, { keepData }: Settings) {
    super(scope, 'SigningKey', {
      description: 'Signs the roots of the audit of LazyArk and the certificates of its kills',
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      // Without it nobody could sign under the same name again; what was signed stays checkable with the public key.
      removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(!keepData && { pendingWindow: Duration.days(7) }),
    });
  }

  /** sign, and read the public key */
  allowSign(fn: RoomFunction): void {
    fn.may(['kms:Sign', 'kms:GetPublicKey'], [this.keyArn]);
  }

  /** read the public key only */
  allowVerify(fn: RoomFunction): void {
    fn.may(['kms:GetPublicKey'], [this.keyArn]);
  }
}
