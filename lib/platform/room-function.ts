// A Lambda of a room. From (room, name) follow its id, its source file, its place in the bundle and its description.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { acknowledge } from './acknowledge.ts';
import { pascal } from './names.ts';
import { OwnRole } from './own-role.ts';
import type { Room } from './room.ts';
import { RoomAlarm } from './room-alarm.ts';

const ROOT = join(import.meta.dirname, '../..');

export type RoomFunctionProps = {
  /** write it as `{ … } satisfies EnvOf<typeof …Env>`, so that the compiler compares it with the handler's schema */
  environment: Record<string, string>;
  /** what people notice when this function fails; a sentence */
  impact: string;
  memoryMb?: number;
  timeoutSeconds?: number;
  /** called by a rule or as a destination: how often Lambda tries again before the event goes to the room's failures */
  asynchronousRetries?: 0 | 1 | 2;
  /** errors in five minutes that are nobody's concern; 0 where any error is a bug */
  errorsTolerated?: number;
};

export class RoomFunction extends LambdaFunction {
  readonly room: Room;
  readonly name: string;
  declare readonly role: Role;

  constructor(room: Room, name: string, props: RoomFunctionProps) {
    const entry = `functions/${room.room}/${name}.handler.ts`;
    if (!existsSync(join(ROOT, entry))) throw new Error(`${entry} is missing: lib/rooms/${room.room}.ts declares it`);
    const id = pascal(name);
    const logGroup = logGroupOf(room, id);
    super(room, id, {
      description: entry,
      code: room.platform.code,
      handler: `${room.room}/${name}.handler`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role: roleOf(room, id, logGroup),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      environment: props.environment,
      memorySize: props.memoryMb ?? 512,
      timeout: Duration.seconds(props.timeoutSeconds ?? 30),
    });
    this.room = room;
    this.name = name;
    if (props.asynchronousRetries !== undefined) this.giveUpTo(room.failures, props.asynchronousRetries);
    new RoomAlarm(room, id, {
      metric: this.metricErrors({ statistic: Stats.SUM, period: Duration.minutes(5) }),
      threshold: (props.errorsTolerated ?? 0) + 1,
      impact: props.impact,
      runbook: `a-function-of-${room.room}-fails`,
    });
  }

  /** Lets this function do these actions on these resources, and nothing around them. */
  may(actions: readonly string[], resources: readonly string[]): this {
    this.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
    return this;
  }

  /** Lets this function call others. CDK's grantInvoke would add every version and alias by a wildcard. */
  mayCall(...others: readonly RoomFunction[]): this {
    return this.may(
      ['lambda:InvokeFunction'],
      others.map((other) => other.functionArn),
    );
  }

  /** Asynchronous calls that failed so many retries, or waited for an hour, end in `queue` with what they were given. */
  giveUpTo(queue: IQueue, retryAttempts: 0 | 1 | 2): void {
    this.configureAsyncInvoke({ retryAttempts, maxEventAge: Duration.hours(1), onFailure: this.failuresTo(queue) });
  }

  /** What an asynchronous call answered, and that it failed, ends in `queue`; it is not called again. */
  reportTo(queue: IQueue): void {
    const destination = this.failuresTo(queue);
    const maxEventAge = Duration.hours(1);
    this.configureAsyncInvoke({ retryAttempts: 0, maxEventAge, onSuccess: destination, onFailure: destination });
  }

  /** A destination by ARN with the one right it takes; CDK's own would add two that Lambda never uses. */
  failuresTo(queue: IQueue): { bind(): { destination: string } } {
    this.may(['sqs:SendMessage'], [queue.queueArn]);
    return { bind: () => ({ destination: queue.queueArn }) };
  }
}

function logGroupOf(room: Room, id: string): LogGroup {
  return new LogGroup(room, `${id}Logs`, {
    retention: room.platform.settings.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

/** Own role, own log group, no managed policy: AWSLambdaBasicExecutionRole may write to every log group there is. */
function roleOf(room: Room, id: string, logGroup: LogGroup): Role {
  const role = new OwnRole(room, `${id}Role`, 'lambda.amazonaws.com');
  logGroup.grantWrite(role);
  acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', 'xray:Put* takes no resource; a test lists all such actions.');
  return role;
}
