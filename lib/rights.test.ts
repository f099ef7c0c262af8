// Who may do what: every right of every function, written out. A new right has to be written here too.
import { describe, expect, it } from 'vitest';
import { rightsOf, statementsOf, synthesize } from '../test/builders/template.ts';

const template = synthesize();
const rights = rightsOf(template);
const statements = statementsOf(template);

const on = (resource: string, service: string, ...actions: string[]) =>
  actions.map((a) => `${service}:${a} ${resource}`);
const INDEXES: Record<string, string[]> = {
  Objectives: ['queue', 'waiting', 'active', 'recent'],
  Agents: ['roster', 'kept'],
  Safety: ['effects', 'open', 'limits', 'decisions', 'kept', 'notices'],
  Operations: ['roster'],
  Audit: ['lane'],
};
const tableOf = (room: string) => `${room}${room}Table`;
const items = (room: string, ...actions: string[]) => on(tableOf(room), 'dynamodb', ...actions);
const read = (room: string) => [
  ...items(room, 'GetItem', 'Query'),
  ...INDEXES[room]!.map((index) => `dynamodb:Query ${tableOf(room)}/index/${index}`),
];
const write = (room: string) => items(room, 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem');
const readWrite = (room: string) => [...read(room), ...write(room)];
const stream = (room: string) =>
  on(`${tableOf(room)}/stream`, 'dynamodb', 'DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams');
const send = (queue: string) => `sqs:SendMessage ${queue}`;
const consume = (queue: string) =>
  on(queue, 'sqs', 'ReceiveMessage', 'ChangeMessageVisibility', 'GetQueueUrl', 'DeleteMessage', 'GetQueueAttributes');
const announce = 'events:PutEvents PlatformEventBus';
const call = (...functions: string[]) => functions.map((name) => `lambda:InvokeFunction ${name}`);
const BUILT_IN = [
  'AgentsRunAnalyst',
  'AgentsRunStrategist',
  'AgentsRunWriter',
  'AgentsRunNoop',
  'AgentsRunToolsmith',
  'AgentsRunDrill',
];
const start = (machine: string) => `states:StartExecution ${machine}`;
const secret = (...actions: string[]) => on('OperationsOperatorTokenSecret', 'secretsmanager', ...actions);
const snapshots = (...actions: string[]) => on('PlatformSnapshotBucket/*', 's3', ...actions);

const dispatch = [
  ...readWrite('Objectives'),
  ...items('Safety', 'GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'),
  's3:GetObject ObjectivesArtifactBucket/*',
  send('ObjectivesTimerQueue'),
  start('ObjectivesDecomposeObjective'),
  announce,
];
const built = [send('AgentsOutcomeQueue')];

const EXPECTED: Record<string, string[]> = {
  'objectives/serve-http': [
    ...readWrite('Objectives'),
    ...on('ObjectivesArtifactBucket/*', 's3', 'GetObject', 'PutObject'),
  ],
  'objectives/select-objective': readWrite('Objectives'),
  'objectives/recall-similar': readWrite('Objectives'),
  'objectives/plan-tasks': readWrite('Objectives'),
  'objectives/validate-plan': readWrite('Objectives'),
  'objectives/repair-plan': readWrite('Objectives'),
  'objectives/store-plan': readWrite('Objectives'),
  'objectives/reject-objective': readWrite('Objectives'),
  'objectives/dispatch-tasks': [
    ...dispatch,
    ...stream('Objectives'),
    ...consume('ObjectivesTimerQueue'),
    send('ObjectivesFailures'),
  ],
  'objectives/settle-task': [
    ...readWrite('Objectives'),
    ...items('Safety', 'GetItem', 'UpdateItem'),
    send('ObjectivesTimerQueue'),
    ...consume('AgentsOutcomeQueue'),
  ],
  'objectives/sweep-objectives': [
    ...dispatch,
    ...on('ObjectivesDecomposeObjective', 'states', 'ListExecutions'),
    'states:StopExecution arn:AWS::Partition:states:AWS::Region:AWS::AccountId:execution:ObjectivesDecomposeObjective:*',
    send('ObjectivesFailures'),
  ],
  'objectives/track-roster': [...write('Objectives'), send('ObjectivesFailures')],
  'objectives/summarize-objectives': read('Objectives'),
  'agents/serve-http': [...readWrite('Agents'), ...items('Safety', 'GetItem'), announce],
  'agents/register-agents': readWrite('Agents'),
  'agents/greet-agent': [...readWrite('Agents'), announce, ...call(...BUILT_IN)],
  'agents/run-analyst': built,
  'agents/run-strategist': built,
  'agents/run-writer': built,
  'agents/run-noop': built,
  'agents/run-drill': built,
  'agents/run-toolsmith': [...built, ...call('AgentsRunSandbox')],
  'agents/run-sandbox': [],
  'agents/summarize-agents': read('Agents'),
  'safety/keep-snapshots': [...readWrite('Safety'), ...snapshots('PutObject'), announce],
  'safety/transfer-state': [...readWrite('Safety'), ...snapshots('GetObject', 'PutObject')],
  'agents/transfer-state': [...readWrite('Agents'), ...snapshots('GetObject', 'PutObject')],
  'safety/start-snapshot': [start('SafetyTakeSnapshot'), send('SafetyFailures')],
  'safety/serve-privacy': [
    ...on(
      'SafetyPersonsTable',
      'dynamodb',
      'GetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'ConditionCheckItem',
    ),
    ...items('Safety', 'GetItem', 'PutItem', 'UpdateItem'),
    'secretsmanager:GetSecretValue SafetyPrivacySecret',
  ],
  'safety/serve-snapshots': [
    ...read('Safety'),
    ...items('Safety', 'PutItem', 'UpdateItem'),
    start('SafetyTakeSnapshot'),
    start('SafetyRestoreSnapshot'),
  ],
  'safety/perform-effects': [
    ...readWrite('Safety'),
    ...snapshots('GetObject', 'PutObject'),
    's3:ListBucket PlatformSnapshotBucket',
    announce,
    send('SafetyFailures'),
  ],
  'safety/serve-http': [...readWrite('Safety'), announce, 'secretsmanager:PutSecretValue SafetyChannelsSecret'],
  'safety/activate-swarm': [...readWrite('Safety'), announce],
  'safety/follow-effects': [
    'dynamodb:Query SafetySafetyTable/index/open',
    ...read('Safety'),
    ...items('Safety', 'PutItem', 'UpdateItem'),
    ...stream('Safety'),
    announce,
    send('SafetyFailures'),
  ],
  'safety/weigh-decisions': [...readWrite('Safety'), announce, send('SafetyFailures')],
  'safety/serve-discord': [...readWrite('Safety'), announce],
  'safety/contain-swarm': [
    ...readWrite('Safety'),
    announce,
    ...on('PlatformSigningKey', 'kms', 'Sign', 'GetPublicKey'),
    send('SafetyFailures'),
  ],
  'safety/summarize-control': read('Safety'),
  'safety/raise-notice': [...readWrite('Safety'), announce, start('SafetyEscalateNotice'), send('SafetyFailures')],
  'safety/notify-people': [
    ...items('Safety', 'GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'),
    'secretsmanager:GetSecretValue SafetyChannelsSecret',
    ...['phone-number/*', 'pool/*'].flatMap((number) =>
      on(
        `arn:AWS::Partition:sms-voice:AWS::Region:AWS::AccountId:${number}`,
        'sms-voice',
        'SendTextMessage',
        'SendVoiceMessage',
      ),
    ),
    send('SafetyFailures'),
  ],
  'audit/serve-http': [
    ...read('Audit'),
    's3:GetObject AuditArchiveBucket/*',
    's3:ListBucket AuditArchiveBucket',
    ...call('AuditSealRoot'),
    announce,
  ],
  'audit/record-access': [...items('Audit', 'GetItem', 'Query', 'PutItem'), send('AuditFailures')],
  'audit/seal-root': [
    ...items('Audit', 'GetItem', 'Query', 'PutItem'),
    ...on('AuditArchiveBucket/*', 's3', 'PutObject', 'GetObject'),
    ...on('PlatformSigningKey', 'kms', 'Sign', 'GetPublicKey'),
    send('AuditFailures'),
  ],
  'audit/record-changes': [
    ...items('Audit', 'GetItem', 'Query', 'PutItem'),
    ...stream('Objectives'),
    ...stream('Agents'),
    ...stream('Safety'),
    ...stream('Operations'),
    send('AuditFailures'),
  ],
  'audit/summarize-lanes': read('Audit'),
  'bootstrap/serve-http': [
    ...on('BootstrapBootstrapSwarm', 'states', 'StartExecution', 'ListExecutions'),
    'states:DescribeExecution arn:AWS::Partition:states:AWS::Region:AWS::AccountId:execution:BootstrapBootstrapSwarm:*',
  ],
  'bootstrap/validate-swarm': [
    ...['Objectives', 'Agents', 'Safety', 'Audit'].flatMap((room) => items(room, 'GetItem')),
    'sqs:GetQueueAttributes ObjectivesTimerQueue',
  ],
  'operations/serve-http': call(
    'ObjectivesSummarizeObjectives',
    'AgentsSummarizeAgents',
    'SafetySummarizeControl',
    'AuditSummarizeLanes',
  ),
  'operations/authorize-request': [...secret('GetSecretValue'), ...items('Operations', 'GetItem', 'UpdateItem')],
  'operations/serve-principals': [
    ...read('Operations'),
    ...items('Operations', 'PutItem', 'UpdateItem'),
    ...secret('RotateSecret'),
    ...call('OperationsRotateOperatorToken'),
  ],
  'operations/tend-credentials': [
    ...read('Operations'),
    ...items('Operations', 'PutItem', 'UpdateItem'),
    ...secret('DescribeSecret'),
    'secretsmanager:DescribeSecret SafetyChannelsSecret',
    announce,
    send('OperationsFailures'),
  ],
  'operations/follow-agents': [...items('Operations', 'PutItem', 'UpdateItem'), send('OperationsFailures')],
  'operations/rotate-operator-token': secret(
    'DescribeSecret',
    'GetSecretValue',
    'PutSecretValue',
    'UpdateSecretVersionStage',
  ),
};

/** What every function has: its own log group, and X-Ray, which takes no resource. */
function common(handler: string): string[] {
  const id = handler.replace(/(^|[/-])([a-z])/g, (_whole, _mark, letter: string) => letter.toUpperCase());
  return [
    ...on(`${id}Logs`, 'logs', 'CreateLogStream', 'PutLogEvents'),
    'xray:PutTelemetryRecords *',
    'xray:PutTraceSegments *',
  ];
}

describe('the rights of a function', () => {
  it('are declared here for exactly the functions that there are', () => {
    expect(Object.keys(rights).sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(Object.entries(EXPECTED))('of %s are these and no others', (handler, expected) => {
    expect(rights[handler]).toEqual([...new Set([...expected, ...common(handler)])].sort());
  });

  /** Written by hand: what could undo the house, and the functions that may do it all the same. */
  const DANGEROUS: { what: string; right: RegExp; who: string[] }[] = [
    { what: 'change or delete entries of the audit', right: /^dynamodb:(Update|Delete)Item AuditAuditTable/, who: [] },
    { what: 'delete principals or access records', right: /^dynamodb:DeleteItem OperationsOperationsTable/, who: [] },
    {
      what: 'see or erase what is kept of persons',
      right: /SafetyPersonsTable/,
      who: ['safety/serve-privacy'],
    },
    { what: 'change tables themselves', right: /^dynamodb:(Delete|Update|Create|Restore)Table/, who: [] },
    {
      what: 'shorten or pass over the retention of archived objects',
      right: /^s3:(Bypass|PutObjectRetention|PutObjectLegalHold|PutBucket|DeleteObjectVersion)/,
      who: [],
    },
    { what: 'do anything with keys but sign and show the public half', right: /^kms:(?!Sign |GetPublicKey )/, who: [] },
    { what: 'give rights, or take another role', right: /^(iam|sts|organizations):/, who: [] },
    { what: 'change what functions do', right: /^lambda:(?!InvokeFunction )/, who: [] },
    {
      what: 'change workflows or rules',
      right: /^(states:(Update|Create|Delete)|events:(Put(Rule|Targets)|Disable|Delete|Remove))/,
      who: [],
    },
    { what: 'change what is logged', right: /^logs:(?!CreateLogStream |PutLogEvents )/, who: [] },
    {
      what: 'read a secret',
      right: /^secretsmanager:GetSecretValue/,
      who: [
        ...['operations/authorize-request', 'operations/rotate-operator-token'],
        ...['safety/notify-people', 'safety/serve-privacy'],
      ],
    },
    {
      what: 'replace a secret',
      right: /^secretsmanager:(Put|Update)/,
      who: ['operations/rotate-operator-token', 'safety/serve-http'],
    },
    { what: 'have a secret replaced', right: /^secretsmanager:Rotate/, who: ['operations/serve-principals'] },
    {
      what: 'delete or share a secret',
      right: /^secretsmanager:(Delete|PutResource|Create|Restore|Replicate)/,
      who: [],
    },
  ];

  it.each(DANGEROUS)('let nobody else $what', ({ right, who }) => {
    const holders = Object.entries(rights).filter(([, held]) => held.some((one) => right.test(one)));
    expect(holders.map(([handler]) => handler).sort()).toEqual(who.toSorted());
  });

  it('would show a right too many', () => {
    const tried = [
      'kms:Decrypt Key',
      'iam:PassRole *',
      'dynamodb:DeleteItem AuditAuditTable',
      'lambda:UpdateFunctionCode x',
    ];
    const unseen = tried.filter((one) => !DANGEROUS.some(({ right }) => right.test(one)));
    expect([...unseen, ...DANGEROUS.filter(({ right }) => right.test('kms:Sign Key'))]).toEqual([]);
  });

  it('of the sandbox are none: what Lambda itself needs to attach it to its network is denied to its code', () => {
    const role = statements.filter((statement) => statement.role.startsWith('AgentsRunSandboxRole'));
    const attach = role.filter(({ actions }) => actions.some((action) => action.startsWith('ec2:Create')));
    expect(attach.map(({ effect, resources }) => [effect, resources])).toEqual([['Allow', ['*']]]);
    const denied = role.find(({ effect }) => effect === 'Deny');
    expect(denied).toMatchObject({
      actions: ['ec2:*'],
      resources: ['*'],
      condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    });
  });

  it('never let anybody change or delete what is in the audit table', () => {
    const audit = Object.values(rights)
      .flat()
      .filter((right) => right.endsWith(' AuditAuditTable'));
    expect(new Set(audit)).toEqual(new Set(items('Audit', 'GetItem', 'Query', 'PutItem')));
  });
});

describe('the archive of the audit', () => {
  it('is written once and read: nobody may delete, change retention, lift the lock or change the bucket', () => {
    const archive = Object.values(rights)
      .flat()
      .filter((right) => right.includes(' AuditArchiveBucket'));
    expect(new Set(archive)).toEqual(
      new Set([...on('AuditArchiveBucket/*', 's3', 'PutObject', 'GetObject'), 's3:ListBucket AuditArchiveBucket']),
    );
  });
});

/** As in AWS's Service Authorization Reference: these actions take no resource, so their statement says `*`. */
const WITHOUT_RESOURCE = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** Every other action that a role here may use, spelt as AWS spells it: neither CDK nor its validator would notice. */
const WITH_RESOURCE: Record<string, string[]> = {
  dynamodb: [
    ...['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    ...['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'],
  ],
  events: ['PutEvents'],
  kms: ['Sign', 'GetPublicKey'],
  lambda: ['InvokeFunction'],
  logs: ['CreateLogStream', 'PutLogEvents'],
  s3: ['GetObject', 'PutObject', 'ListBucket'],
  'sms-voice': ['SendTextMessage', 'SendVoiceMessage'],
  secretsmanager: ['RotateSecret', 'DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'],
  sqs: [
    'SendMessage',
    'ReceiveMessage',
    'DeleteMessage',
    'ChangeMessageVisibility',
    'GetQueueAttributes',
    'GetQueueUrl',
  ],
  states: ['StartExecution', 'StopExecution', 'ListExecutions', 'DescribeExecution'],
};

describe('the statements of all roles', () => {
  const allowing = statements.filter(({ effect }) => effect === 'Allow');

  it('name actions that exist, one by one', () => {
    const known = Object.entries(WITH_RESOURCE).flatMap(([service, names]) =>
      names.map((name) => `${service}:${name}`),
    );
    const used = new Set(allowing.flatMap(({ actions }) => actions));
    expect([...used].filter((action) => !known.includes(action) && !WITHOUT_RESOURCE.includes(action))).toEqual([]);
  });

  it('say `*` for the resource only where AWS takes nothing else', () => {
    const wide = allowing.filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions);
    expect([...new Set(wide)].filter((action) => !WITHOUT_RESOURCE.includes(action))).toEqual([]);
  });

  it('let a workflow call the functions of its states and no others', () => {
    const machines = statements.filter(({ role }) =>
      /^(ObjectivesDecomposeObjective|BootstrapBootstrapSwarm|SafetyEscalateNotice)Role/.test(role),
    );
    const called = machines.filter(({ actions }) => actions.includes('lambda:InvokeFunction'));
    expect(called.map(({ resources }) => resources.toSorted())).toEqual([
      ['SafetyNotifyPeople'],
      [
        ...['ObjectivesPlanTasks', 'ObjectivesRecallSimilar', 'ObjectivesRejectObjective', 'ObjectivesRepairPlan'],
        ...['ObjectivesSelectObjective', 'ObjectivesStorePlan', 'ObjectivesValidatePlan'],
      ],
      ['AgentsGreetAgent', 'AgentsRegisterAgents', 'BootstrapValidateSwarm', 'SafetyActivateSwarm'],
    ]);
  });
});
