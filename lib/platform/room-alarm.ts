// The only way to add an alarm: it says what people notice and where the runbook tells what to do.
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

export type RoomAlarmProps = {
  metric: IMetric;
  /** the alarm rings at this value and above */
  threshold: number;
  evaluationPeriods?: number;
  /** for a figure that is told all the time: hearing none is as bad as the threshold */
  silence?: 'is a fault';
  /** a sentence about people: what they notice while this rings */
  impact: string;
  /** the heading's anchor in docs/runbook.md */
  runbook: string;
};

/** Rings at or above the threshold; silence (no traffic) is not a fault unless it is said to be. CloudWatch announces it on the default bus. */
export class RoomAlarm extends Alarm {
  constructor(
    scope: Construct,
    id: string,
    { impact, runbook, silence, evaluationPeriods = 1, ...props }: RoomAlarmProps,
  ) {
    super(scope, `${id}Alarm`, {
      ...props,
      evaluationPeriods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: silence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      alarmDescription: `${impact} Runbook: docs/runbook.md#${runbook}`,
    });
  }
}
