// The bus on which rooms announce what happened, and the two ways to listen: to an event, or to the clock.
import { Duration } from 'aws-cdk-lib';
import { EventBus, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { pascal } from './names.ts';
import type { RoomFunction } from './room-function.ts';

/** What lib/ needs of an event that functions/<room>/events.ts defines. */
export type Announced = { source: string; detailType: string };

export const makeEventBus = (scope: Construct): EventBus => new EventBus(scope, 'EventBus');

/** Calls `listener` for each of these events. The rule is named after the listener. */
export function listenTo(bus: EventBus, events: readonly Announced[], listener: RoomFunction): Rule {
  return new Rule(listener.room, `${pascal(listener.name)}OnEvent`, {
    eventBus: bus,
    eventPattern: {
      source: [...new Set(events.map((event) => event.source))],
      detailType: events.map((event) => event.detailType),
    },
    targets: [new LambdaFunction(listener)],
  });
}

/** Gives `worker` the call inside each event that names it. */
export function workOn(bus: EventBus, { source, detailType }: Announced, worker: RoomFunction): Rule {
  return new Rule(worker.room, `${pascal(worker.name)}OnTask`, {
    eventBus: bus,
    eventPattern: { source: [source], detailType: [detailType], detail: { functionName: [worker.name] } },
    targets: [new LambdaFunction(worker, { event: RuleTargetInput.fromEventPath('$.detail.call') })],
  });
}

/** Calls `listener` every so many minutes; EventBridge ticks once a minute at best. */
export function everyMinutes(minutes: number, listener: RoomFunction): Rule {
  return new Rule(listener.room, `${pascal(listener.name)}OnSchedule`, {
    schedule: Schedule.rate(Duration.minutes(minutes)),
    targets: [new LambdaFunction(listener)],
  });
}

/** Calls `listener` every day at this hour (UTC). */
export function everyDayAt(hour: number, listener: RoomFunction): Rule {
  return new Rule(listener.room, `${pascal(listener.name)}OnSchedule`, {
    schedule: Schedule.cron({ minute: '0', hour: String(hour) }),
    targets: [new LambdaFunction(listener)],
  });
}

/** Lets `speaker` announce events on the bus. */
export function announceOn(bus: EventBus, speaker: RoomFunction): void {
  speaker.may(['events:PutEvents'], [bus.eventBusArn]);
}
