// A workflow of a room: the ASL file as it stands, bound to the functions that its states are named after.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type CfnStateMachine, DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { acknowledge } from './acknowledge.ts';
import { pascal } from './names.ts';
import type { Room } from './room.ts';
import { RoomAlarm } from './room-alarm.ts';
import type { RoomFunction } from './room-function.ts';

const ROOT = join(import.meta.dirname, '../..');

export type RoomStateMachineProps = {
  /** every function that a state calls, of this room or another; the file's substitutions must be exactly these */
  calls: readonly RoomFunction[];
  impact: string;
  /** the heading in the runbook, where a failed run is more than a failed workflow */
  runbook?: string;
};

export class RoomStateMachine extends StateMachine {
  constructor(room: Room, name: string, { calls, impact, runbook = 'a-workflow-fails' }: RoomStateMachineProps) {
    const asl = readFileSync(join(ROOT, `statemachines/${room.room}/${name}.asl.json`), 'utf8');
    const substitutions = Object.fromEntries(calls.map((fn) => [substitutionOf(fn, room), fn.functionArn]));
    checkSubstitutions(name, asl, Object.keys(substitutions));
    const id = pascal(name);
    super(room, id, {
      definitionBody: DefinitionBody.fromString(asl),
      definitionSubstitutions: substitutions,
      role: roleOf(room, id, calls),
      tracingEnabled: true,
      logs: { destination: logGroupOf(room, id, name), level: LogLevel.ALL, includeExecutionData: false },
    });
    new RoomAlarm(room, id, {
      metric: this.metricFailed({ period: Duration.minutes(5) }),
      threshold: 1,
      impact,
      runbook,
    });
  }

  /** Lets `fn` start this machine. */
  allowStart(fn: RoomFunction): void {
    fn.may(['states:StartExecution'], [this.stateMachineArn]);
  }

  /** Lets `fn` list this machine's runs and look at any of them. */
  allowFollow(fn: RoomFunction): void {
    this.#allowOnRuns(fn, 'states:DescribeExecution');
  }

  /** Lets `fn` list this machine's runs and stop any of them. */
  allowStop(fn: RoomFunction): void {
    this.#allowOnRuns(fn, 'states:StopExecution');
  }

  #allowOnRuns(fn: RoomFunction, action: string): void {
    const runs = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    fn.may(['states:ListExecutions'], [this.stateMachineArn]).may([action], [runs]);
    const name = `<${this.stack.getLogicalId(this.node.defaultChild as CfnStateMachine)}.Name>`;
    const finding = `Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${name}:*`;
    acknowledge(
      fn.role,
      `AwsSolutions-IAM5[${finding}]`,
      'Any run of this one machine: run names are made at the start.',
    );
  }
}

/** `SettleTaskArn`; a function of another room carries its room: `AgentsGreetAgentArn`. */
export function substitutionOf(fn: RoomFunction, room: Room): string {
  return `${fn.room.room === room.room ? '' : pascal(fn.room.room)}${pascal(fn.name)}Arn`;
}

function checkSubstitutions(name: string, asl: string, given: readonly string[]): void {
  const wanted = new Set([...asl.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1]));
  const missing = [...wanted].filter((substitution) => !given.includes(String(substitution)));
  const unused = given.filter((substitution) => !wanted.has(substitution));
  if (missing.length || unused.length)
    throw new Error(`${name}.asl.json: nothing given for [${missing}], nothing asks for [${unused}]`);
}

function roleOf(room: Room, id: string, calls: readonly RoomFunction[]): Role {
  const role = new Role(room, `${id}Role`, { assumedBy: new ServicePrincipal('states.amazonaws.com') });
  role.addToPolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: calls.map((fn) => fn.functionArn) }),
  );
  acknowledge(
    role,
    'AwsSolutions-IAM5[Resource::*]',
    'Log delivery and X-Ray actions know no resource; a test lists them.',
  );
  return role;
}

/** The name's prefix keeps the account's log resource policy below its size limit (AWS's advice for workflows). */
function logGroupOf(room: Room, id: string, name: string): LogGroup {
  return new LogGroup(room, `${id}Logs`, {
    logGroupName: `/aws/vendedlogs/states/${Stack.of(room).stackName}-${name}`,
    retention: room.platform.settings.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
