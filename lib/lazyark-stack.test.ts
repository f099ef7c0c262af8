// What the stack promises, asked of the template: what each thing is for, not how CDK writes it down.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { complaintsAbout, nameOf, readable, resourcesOf, synthesize } from '../test/builders/template.ts';

const template = synthesize();
const functions = resourcesOf(template, 'AWS::Lambda::Function');
const propertiesOf = (type: string) => resourcesOf(template, type).map(([, { Properties }]) => Properties);

describe('a function', () => {
  it.each(functions.map(([, { Properties }]) => [Properties.Handler, Properties] as const))(
    '%s is found from its description, and runs as all do',
    (handler, properties) => {
      expect(properties.Description).toBe(`functions/${String(handler).replace(/handler$/, 'handler.ts')}`);
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON' },
      });
    },
  );

  it('shares its code with all others, as one asset', () => {
    expect(new Set(functions.map(([, { Properties }]) => JSON.stringify(Properties.Code))).size).toBe(1);
  });

  it('has a role of its own, without any managed policy', () => {
    const roles = functions.map(([, { Properties }]) => Properties.Role['Fn::GetAtt'][0]);
    expect(new Set(roles).size).toBe(functions.length);
    expect(propertiesOf('AWS::IAM::Role').flatMap((role) => role.ManagedPolicyArns ?? [])).toEqual([]);
  });

  it('has a log group that forgets', () => {
    expect(propertiesOf('AWS::Logs::LogGroup').map((group) => group.RetentionInDays)).not.toContain(undefined);
  });

  it('that a rule or an agent call reaches asynchronously leaves its failures in a queue', () => {
    const given = new Set(
      propertiesOf('AWS::Lambda::EventInvokeConfig').map((config) => nameOf(config.FunctionName.Ref)),
    );
    const ruled = propertiesOf('AWS::Events::Rule').flatMap((rule) =>
      rule.Targets.map((target: { Arn: unknown }) => readable(target.Arn)),
    );
    const builtIn = functions
      .map(([id]) => nameOf(id))
      .filter((name) => name.startsWith('AgentsRun') && name !== 'AgentsRunSandbox');
    expect(new Set(ruled)).toEqual(
      new Set([
        'AuditRecordAccess',
        'AuditSealRoot',
        'ObjectivesSweepObjectives',
        'ObjectivesTrackRoster',
        'OperationsFollowAgents',
        'OperationsTendCredentials',
        'SafetyFollowEffects',
        'SafetyContainSwarm',
        'SafetyStartSnapshot',
        'SafetyRaiseNotice',
        'SafetyNotifyPeople',
        'SafetyWeighDecisions',
        'SafetyPerformEffects',
        ...builtIn,
      ]),
    );
    expect(given).toEqual(new Set(ruled));
  });
});

describe('the sandbox', () => {
  it('is attached to a network without a gateway, a route, a name service or a rule that lets anything out', () => {
    const { VpcConfig } = functions.find(([id]) => nameOf(id) === 'AgentsRunSandbox')?.[1].Properties ?? {};
    expect([VpcConfig.SubnetIds.length, VpcConfig.SecurityGroupIds.length]).toEqual([2, 1]);
    expect(propertiesOf('AWS::EC2::VPC')).toMatchObject([{ EnableDnsSupport: false }]);
    const [group] = propertiesOf('AWS::EC2::SecurityGroup');
    expect(group?.SecurityGroupIngress).toBeUndefined();
    expect(group?.SecurityGroupEgress).toMatchObject([{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' }]);
    const network = Object.values(template.Resources)
      .map(({ Type }) => Type)
      .filter((type) => type.startsWith('AWS::EC2::'));
    expect(new Set(network)).toEqual(new Set(['AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::EC2::SecurityGroup']));
    expect(functions.filter(([, { Properties }]) => Properties.VpcConfig)).toHaveLength(1);
  });

  it('stays where it is for a target without networks', () => {
    const plain = synthesize({ sandboxNetwork: 'false' });
    expect(JSON.stringify(plain)).not.toMatch(/AWS::EC2|VpcConfig|ec2:/);
  });
});

describe('an alarm', () => {
  const alarms = propertiesOf('AWS::CloudWatch::Alarm');
  const runbook = readFileSync(join(import.meta.dirname, '../docs/runbook.md'), 'utf8');
  const anchors = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) =>
    String(heading).toLowerCase().replaceAll(' ', '-'),
  );

  it.each(alarms.map((alarm) => [alarm.AlarmDescription as string]))('%s', (description) => {
    const [, impact, anchor] = /^(\S.{20,}[.]) Runbook: docs\/runbook\.md#([a-z0-9-]+)$/.exec(description) ?? [];
    expect(impact, 'a sentence about what people notice').toBeDefined();
    expect(anchors).toContain(anchor);
  });

  it('rings for the errors of every function', () => {
    const watched = alarms
      .filter((alarm) => alarm.MetricName === 'Errors')
      .map((alarm) => alarm.Dimensions[0].Value.Ref);
    expect(watched.sort()).toEqual(functions.map(([id]) => id).sort());
  });

  it('rings for every queue of failures, every workflow, throttling and 5xx', () => {
    const names = alarms.filter((alarm) => alarm.MetricName !== 'Errors').map((alarm) => alarm.MetricName);
    expect(names.sort()).toEqual(
      [
        ...Array(5).fill('ApproximateNumberOfMessagesVisible'),
        ...[
          '5xx',
          'Throttles',
          'AuditAnchorAge',
          ...Array(2).fill('IteratorAge'),
          'UnknownTokens',
          'ChannelsFailed',
          'DecisionsLeftBehind',
          'KillsNotContained',
          ...Array(5).fill('ExecutionsFailed'),
        ],
      ].sort(),
    );
  });
});

describe('a table', () => {
  const tables = resourcesOf(template, 'AWS::DynamoDB::GlobalTable');
  const mappings = propertiesOf('AWS::Lambda::EventSourceMapping');

  it('that feeds a function has a stream with both images', () => {
    const fed = mappings
      .map((mapping) => mapping.EventSourceArn['Fn::GetAtt'])
      .filter(([, attribute]) => attribute === 'StreamArn');
    expect(fed.length).toBeGreaterThan(0);
    for (const [id] of fed)
      expect(template.Resources[id]?.Properties.StreamSpecification?.StreamViewType).toBe('NEW_AND_OLD_IMAGES');
  });

  it('follows the naming convention of the table port', () => {
    for (const [, { Properties }] of tables) {
      for (const index of Properties.GlobalSecondaryIndexes ?? []) {
        expect(index.KeySchema.map((key: { AttributeName: string }) => key.AttributeName)).toEqual([
          `${index.IndexName}Pk`,
          `${index.IndexName}Sk`,
        ]);
        expect(index.Projection.ProjectionType).toBe('KEYS_ONLY');
      }
    }
  });

  it('can be restored to any second, in every stage, but for what is kept of persons: erased is erased', () => {
    const [persons] = tables.filter(([id]) => nameOf(id) === 'SafetyPersonsTable');
    expect(persons?.[1].Properties.Replicas[0].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(false);
    expect(persons?.[1].Properties.StreamSpecification).toBeUndefined();
    for (const [, { Properties }] of tables.filter((table) => table !== persons))
      expect(Properties.Replicas[0].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
  });

  it.each([
    { stage: 'dev', kept: 'Delete', deletionProtection: false },
    { stage: 'prod', kept: 'Retain', deletionProtection: true },
  ])('of stage $stage: $kept', ({ stage, kept, deletionProtection }) => {
    for (const [, table] of resourcesOf(synthesize({ stage }), 'AWS::DynamoDB::GlobalTable')) {
      expect(table.DeletionPolicy).toBe(kept);
      expect(table.Properties.Replicas[0].DeletionProtectionEnabled).toBe(deletionProtection);
    }
  });

  it('is audited without gaps: no record is skipped or given up early', () => {
    const audit = mappings.filter((mapping) => readable(mapping.FunctionName) === 'AuditRecordChanges');
    expect(audit.map((mapping) => nameOf(mapping.EventSourceArn['Fn::GetAtt'][0])).sort()).toEqual([
      'AgentsAgentsTable',
      'ObjectivesObjectivesTable',
      'OperationsOperationsTable',
      'SafetySafetyTable',
    ]);
    for (const mapping of audit) {
      expect(mapping).toMatchObject({
        BatchSize: 200,
        BisectBatchOnFunctionError: false,
        MaximumBatchingWindowInSeconds: 1,
      });
      expect(mapping).not.toHaveProperty('MaximumRetryAttempts');
      expect(mapping).not.toHaveProperty('MaximumRecordAgeInSeconds');
      expect(mapping).not.toHaveProperty('FilterCriteria');
    }
  });
});

describe('the HTTP API', () => {
  const routes = propertiesOf('AWS::ApiGatewayV2::Route');

  it('asks for a token on every route but the documentation and the console', () => {
    const open = routes.filter((route) => route.AuthorizationType !== 'CUSTOM').map((route) => route.RouteKey);
    expect(open.sort()).toEqual([
      '$default',
      'ANY /api/v1/discord/interactions',
      'ANY /api/v1/docs',
      'ANY /api/v1/openapi.json',
    ]);
  });

  it('serves each room under its own paths', () => {
    const paths = routes.map((route) => String(route.RouteKey).replace('ANY /api/v1/', '')).sort();
    expect(paths).toEqual(
      [
        ...[
          '$default',
          'agents',
          'agents/{proxy+}',
          'artifacts',
          'audit',
          'audit/{proxy+}',
          'bootstrap',
          'control',
          'discord/interactions',
          'docs',
        ],
        ...[
          'effects',
          'effects/{proxy+}',
          'decisions',
          'decisions/{proxy+}',
          'kill',
          'kills',
          'kills/{proxy+}',
          'notices',
          'notices/channels',
          'notices/{proxy+}',
          'objectives',
          'objectives/{proxy+}',
          'openapi.json',
          'resume',
          'status',
        ],
        ...['settings', 'drills'],
        ...['policies', 'policies/{proxy+}', 'limits', 'limits/{proxy+}'],
        ...['privacy/{proxy+}', 'compliance/{proxy+}'],
        ...['snapshots', 'snapshots/{proxy+}', 'restores', 'restores/{proxy+}'],
        ...[
          'tasks',
          'tasks/{proxy+}',
          'me',
          'principals',
          'principals/{proxy+}',
          'credentials',
          'credentials/{proxy+}',
        ],
        ...['stages', 'stages/{proxy+}', 'anomalies', 'anomalies/{proxy+}', 'behaviour', 'behaviour/{proxy+}'],
      ].sort(),
    );
  });

  it('may call its functions, each by one permission for this API alone', () => {
    const sources = propertiesOf('AWS::Lambda::Permission')
      .filter((permission) => permission.Principal === 'apigateway.amazonaws.com')
      .map((permission) => readable(permission.SourceArn));
    expect(new Set(sources.filter((source) => source.endsWith('/*/*')))).toHaveLength(1);
    const integrations = resourcesOf(template, 'AWS::ApiGatewayV2::Integration');
    // and each of the two authorizers
    expect(sources).toHaveLength(integrations.length + 2);
  });
});

describe('the archive of the audit', () => {
  it.each([
    { stage: 'dev', Mode: 'GOVERNANCE', Days: 1 },
    { stage: 'prod', Mode: 'COMPLIANCE', Days: 365 },
  ])('of stage $stage locks what is written: $Mode for $Days days', ({ stage, Mode, Days }) => {
    const archive = resourcesOf(synthesize({ stage }), 'AWS::S3::Bucket').find(([id]) => id.includes('Archive'))?.[1];
    expect(archive?.Properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode, Days } } },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    expect(archive?.DeletionPolicy).toBe('Retain');
  });

  it('rings when nothing is heard of how old what is not anchored is', () => {
    const alarm = propertiesOf('AWS::CloudWatch::Alarm').find(({ MetricName }) => MetricName === 'AuditAnchorAge');
    expect(alarm).toMatchObject({ TreatMissingData: 'breaching', Threshold: 600 });
  });
});

describe('the signing key', () => {
  it.each([
    { stage: 'dev', kept: 'Delete' },
    { stage: 'prod', kept: 'Retain' },
  ])('signs and does nothing else; of stage $stage: $kept', ({ stage, kept }) => {
    const keys = resourcesOf(synthesize({ stage }), 'AWS::KMS::Key').map(([, key]) => key);
    expect(keys).toHaveLength(1);
    expect(keys[0]?.Properties).toMatchObject({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    expect(keys[0]?.DeletionPolicy).toBe(kept);
  });
});

describe('credentials that end', () => {
  it('reach whoever raises notices', () => {
    const heard = propertiesOf('AWS::Events::Rule').flatMap((rule) => rule.EventPattern?.['detail-type'] ?? []);
    expect(heard).toEqual(
      expect.arrayContaining([
        'operations.CredentialExpiring',
        'operations.CredentialRenewed',
        'agents.AgentRegistered',
      ]),
    );
  });
});

describe('the stack', () => {
  it('tells what people and tools need', () => {
    expect(Object.keys(template.Outputs).sort()).toEqual(
      [
        ...[
          'ApiId',
          'ApiUrl',
          'OperatorTokenSecretName',
          'ChannelsSecretName',
          'ArtifactBucketName',
          'DecomposeMachineArn',
          'BootstrapMachineArn',
        ],
        ...['ObjectivesTableName', 'AgentsTableName', 'SafetyTableName', 'OperationsTableName', 'AuditTableName'],
      ].sort(),
    );
  });

  it('replaces the operator token every 30 days, unless the target cannot', () => {
    expect(propertiesOf('AWS::SecretsManager::RotationSchedule')[0]?.RotationRules.ScheduleExpression).toBe(
      'rate(30 days)',
    );
    expect(
      resourcesOf(synthesize({ operatorTokenRotationDays: '0' }), 'AWS::SecretsManager::RotationSchedule'),
    ).toEqual([]);
  });

  it.each([{}, { stage: 'prod' }, { operatorTokenRotationDays: 0 }])('is clean by cdk-nag with %j', (context) => {
    expect(complaintsAbout(context)).toBe('');
  });

  it('would not be, with a queue that talks without TLS', () => {
    expect(complaintsAbout({}, (stack) => new Queue(stack, 'Careless'))).toContain('AwsSolutions-SQS4');
  });
});
