// The isolated function of the sandbox: own logs, no other right, and a network from which nothing can be reached.
import { Fn } from 'aws-cdk-lib';
import { CfnSecurityGroup, CfnSubnet, CfnVPC } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledge } from '../platform/acknowledge.ts';
import type { Room } from '../platform/room.ts';
import { RoomFunction } from '../platform/room-function.ts';

const ZONES = 2;
/** What Lambda itself does under the function's role to attach it to a network. */
const ATTACH = ['CreateNetworkInterface', 'DescribeNetworkInterfaces', 'DescribeSubnets', 'DeleteNetworkInterface'].map(
  (action) => `ec2:${action}`,
);

export function isolatedSandbox(room: Room): RoomFunction {
  const sandbox = new RoomFunction(room, 'run-sandbox', {
    environment: {},
    memoryMb: 512,
    timeoutSeconds: 45,
    impact: 'Programs of plans are not run: tasks for the capability sandbox.run fail.',
  });
  if (room.platform.settings.sandboxNetwork) cutOff(sandbox, room);
  return sandbox;
}

function cutOff(sandbox: RoomFunction, room: Room): void {
  const network = new CfnVPC(room, 'SandboxNetwork', {
    cidrBlock: '10.255.0.0/24',
    // Names are not resolved either: a look-up is a way out, too.
    enableDnsSupport: false,
    enableDnsHostnames: false,
  });
  acknowledge(
    network,
    'AwsSolutions-VPC7',
    'No gateway, no route, no name service: nothing flows that could be logged.',
  );
  const subnets = Array.from(
    { length: ZONES },
    (_, zone) =>
      new CfnSubnet(room, `SandboxSubnet${zone + 1}`, {
        vpcId: network.ref,
        availabilityZone: Fn.select(zone, Fn.getAzs()),
        cidrBlock: `10.255.0.${zone * 128}/25`,
        mapPublicIpOnLaunch: false,
      }),
  );
  const closed = new CfnSecurityGroup(room, 'SandboxClosed', {
    groupDescription: 'Nothing in, nothing out',
    vpcId: network.ref,
    // Without any rule EC2 would add one that lets everything out; this one fits no packet.
    securityGroupEgress: [
      { cidrIp: '255.255.255.255/32', ipProtocol: 'icmp', fromPort: 252, toPort: 86, description: 'Nothing out' },
    ],
  });
  const fn = sandbox.node.defaultChild as CfnFunction;
  fn.vpcConfig = { subnetIds: subnets.map(({ ref }) => ref), securityGroupIds: [closed.attrGroupId] };
  sandbox.may(ATTACH, ['*']);
  // The same, said by code inside of the function, is denied: only Lambda may attach it.
  sandbox.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['ec2:*'],
      resources: ['*'],
      conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    }),
  );
}
