// An exception to a cdk-nag rule: written beside the resource it concerns, with the reason why it is right there.
import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts one rule, e.g. `AwsSolutions-S1` or `AwsSolutions-IAM5[Resource::*]`, for this construct and below it. */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
}
