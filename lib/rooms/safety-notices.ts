// How people are reached: what raises notices, the ladder that climbs from channel to channel, and the secret it needs.
import { Duration, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AgentLost } from '../../functions/agents/events.ts';
import type { EnvOf } from '../../functions/common/env.ts';
import { CredentialExpiring, CredentialRenewed } from '../../functions/operations/events.ts';
import type * as Env from '../../functions/safety/env.ts';
import {
  DecisionMade,
  EffectUnknown,
  NoticeAnswered,
  NoticeWanted,
  SwarmKilled,
  SwarmResumed,
  VoteRequested,
} from '../../functions/safety/events.ts';
import { acknowledge } from '../platform/acknowledge.ts';
import { announceOn, everyMinutes, listenTo } from '../platform/event-bus.ts';
import { RoomAlarm } from '../platform/room-alarm.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { RoomStateMachine } from '../platform/room-state-machine.ts';
import type { Safety } from './safety.ts';

export function escalateNotices(room: Safety, secretArn: string): void {
  const notify = notifyPeople(room, secretArn);
  const ladder = new RoomStateMachine(room, 'escalate-notice', {
    calls: [notify],
    impact: 'Nobody answered a notice that is worth an alarm, although every channel was tried.',
    runbook: 'nobody-answered',
  });
  raiseNotices(room, ladder);
}

/** The ARN of the secret; empty at first: no channel is configured, and notices are in the console only. */
export function channelsSecret(room: Safety): string {
  const secret = new Secret(room, 'ChannelsSecret', {
    description: 'Addresses, keys and numbers of the channels by which LazyArk reaches people; docs/escalation.md',
    secretStringValue: SecretValue.unsafePlainText('{}'),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledge(secret, 'AwsSolutions-SMG4', 'Webhooks and keys of others: they are replaced where they were issued.');
  return (secret.node.defaultChild as CfnSecret).attrId;
}

function notifyPeople(room: Safety, secretArn: string): RoomFunction {
  const notify = new RoomFunction(room, 'notify-people', {
    environment: { SAFETY_TABLE: room.table.tableName, CHANNELS_SECRET: secretArn } satisfies EnvOf<
      typeof Env.NotifyPeopleEnv
    >,
    timeoutSeconds: 60,
    asynchronousRetries: 2,
    impact: 'People are not told of what needs them; notices wait in the console only.',
  });
  room.table.allowOnly(['GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'], notify);
  notify.may(['secretsmanager:GetSecretValue'], [secretArn]);
  // Which number or pool sends is in the secret, so it is not known here; pools and numbers of this account only.
  const numbers = ['phone-number', 'pool'].map((kind) =>
    Stack.of(room).formatArn({ service: 'sms-voice', resource: kind, resourceName: '*' }),
  );
  notify.may(['sms-voice:SendTextMessage', 'sms-voice:SendVoiceMessage'], numbers);
  for (const kind of ['phone-number', 'pool']) {
    const finding = `Resource::arn:<AWS::Partition>:sms-voice:<AWS::Region>:<AWS::AccountId>:${kind}/*`;
    acknowledge(notify.role, `AwsSolutions-IAM5[${finding}]`, 'The number that sends is chosen in the secret, later.');
  }
  listenTo(room.platform.bus, [NoticeAnswered], notify);
  new RoomAlarm(room, 'ChannelsFailed', {
    metric: new Metric({
      namespace: 'LazyArk',
      metricName: 'ChannelsFailed',
      statistic: Stats.SUM,
      period: Duration.minutes(5),
    }),
    threshold: 1,
    impact: 'A channel did not deliver a notice; the ladder went on to the next one.',
    runbook: 'a-channel-does-not-deliver',
  });
  return notify;
}

function raiseNotices(room: Safety, ladder: RoomStateMachine): void {
  const raise = new RoomFunction(room, 'raise-notice', {
    environment: {
      SAFETY_TABLE: room.table.tableName,
      EVENT_BUS: room.platform.bus.eventBusName,
      LADDER_MACHINE_ARN: ladder.stateMachineArn,
    } satisfies EnvOf<typeof Env.RaiseNoticeEnv>,
    asynchronousRetries: 2,
    impact: 'What needs people is not put before them: no notice appears, no ladder begins.',
  });
  room.table.allowReadWrite(raise);
  ladder.allowStart(raise);
  announceOn(room.platform.bus, raise);
  const heard = [NoticeWanted, SwarmKilled, SwarmResumed, EffectUnknown, VoteRequested, DecisionMade, AgentLost];
  listenTo(room.platform.bus, [...heard, CredentialExpiring, CredentialRenewed], raise);
  everyMinutes(1, raise);
  new Rule(room, 'RaiseNoticeOnAlarm', {
    eventPattern: {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      detail: { alarmName: [{ prefix: `${Stack.of(room).stackName}-` }] },
    },
    targets: [new LambdaFunction(raise)],
  });
}
