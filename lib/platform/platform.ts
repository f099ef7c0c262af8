// What every room stands on: the settings, the code of all functions as one asset, the event bus, the signing key, snapshots.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import { makeEventBus } from './event-bus.ts';
import { RoomAlarm } from './room-alarm.ts';
import { SigningKey } from './signing-key.ts';
import { SnapshotBucket } from './snapshot-bucket.ts';

export class Platform extends Construct {
  readonly settings: Settings;
  readonly code: Code;
  readonly bus: EventBus;
  readonly signingKey: SigningKey;
  readonly snapshots: SnapshotBucket;
  /** of what holds data: tables and artifacts */
  readonly dataRemoval: RemovalPolicy;

  constructor(scope: Construct, { settings, code }: { settings: Settings; code: Code }) {
    super(scope, 'Platform');
    this.settings = settings;
    this.code = code;
    this.dataRemoval = settings.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.bus = makeEventBus(this);
    this.signingKey = new SigningKey(this, settings);
    this.snapshots = new SnapshotBucket(this, settings);
    // Concurrency is shared by all functions of the account and region: one alarm sees every throttle, and 36 alarms
    // of $0.10 a month each see nothing more.
    new RoomAlarm(this, 'Throttled', {
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'Throttles',
        statistic: Stats.SUM,
        period: Duration.minutes(5),
      }),
      threshold: 1,
      impact:
        'Functions are turned away for lack of concurrency: requests fail with 503 and work on objectives slows down.',
      runbook: 'functions-are-throttled',
    });
  }
}
