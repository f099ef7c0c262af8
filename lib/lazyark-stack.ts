// The whole of LazyArk, room by room. A room gets what it needs through its props and reaches into nothing else.
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Settings } from './config.ts';
import { HttpApi } from './platform/http-api.ts';
import { Platform } from './platform/platform.ts';
import { Agents } from './rooms/agents.ts';
import { Audit } from './rooms/audit.ts';
import { Bootstrap } from './rooms/bootstrap.ts';
import { Objectives } from './rooms/objectives.ts';
import { Operations } from './rooms/operations.ts';
import { Safety } from './rooms/safety.ts';
import { keepPersons } from './rooms/safety-privacy.ts';
import { keepSnapshots } from './rooms/safety-snapshots.ts';

export type LazyArkProps = StackProps & { settings: Settings; code: Code };

export class LazyArkStack extends Stack {
  constructor(scope: Construct, id: string, { settings, code, ...props }: LazyArkProps) {
    super(scope, id, props);
    const platform = new Platform(this, { settings, code });
    const safety = new Safety(this, { platform });
    const agents = new Agents(this, { platform, safety });
    const objectives = new Objectives(this, { platform, safety, agents });
    const operations = new Operations(this, {
      platform,
      secrets: [{ name: 'channels', arn: safety.channelsSecretArn }],
    });
    const audited = [objectives.table, agents.table, safety.table, operations.table];
    const audit = new Audit(this, { platform, records: audited });
    const bootstrap = new Bootstrap(this, { platform, safety, agents, objectives, audit });
    const rooms = [objectives, agents, safety, audit, bootstrap];
    const api = new HttpApi(this, {
      platform,
      authorizer: operations.authorize,
      serves: [
        ...rooms.map((room) => room.serves),
        safety.servesDiscord,
        keepSnapshots(safety, agents),
        keepPersons(safety),
        ...operations.serve([objectives, agents, safety, audit]),
      ],
    });

    this.#tell({
      ApiUrl: api.url,
      ApiId: api.apiId,
      OperatorTokenSecretName: operations.operatorToken.arn,
      ChannelsSecretName: safety.channelsSecretArn,
      ArtifactBucketName: objectives.artifacts.bucketName,
      ObjectivesTableName: objectives.table.tableName,
      AgentsTableName: agents.table.tableName,
      SafetyTableName: safety.table.tableName,
      OperationsTableName: operations.table.tableName,
      AuditTableName: audit.table.tableName,
      DecomposeMachineArn: objectives.decompose.stateMachineArn,
      BootstrapMachineArn: bootstrap.machine.stateMachineArn,
    });
  }

  #tell(outputs: Record<string, string>): void {
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
