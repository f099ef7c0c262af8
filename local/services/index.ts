// The one table of what the embedded runtime knows: resource type → the service that makes it, loaded when a template
// has one; and the short list of types that mean nothing on one machine. Any other type is an error at start.
import { arnOf, type Made, physicalName, type Resource, type Service } from '../service.ts';
import { TemplateError } from '../template/intrinsics.ts';

type Entry = { types: readonly string[]; load(): Promise<{ service: Service }> };

const entries: readonly Entry[] = [
  {
    types: ['AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'],
    load: () => import('../iam/service.ts'),
  },
  {
    types: ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'],
    load: () => import('./dynamodb/service.ts'),
  },
  {
    types: [
      'AWS::Lambda::Function',
      'AWS::Lambda::Version',
      'AWS::Lambda::Alias',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::Lambda::EventSourceMapping',
    ],
    load: () => import('./lambda/service.ts'),
  },
  { types: ['AWS::StepFunctions::StateMachine'], load: () => import('./states/service.ts') },
  {
    types: ['AWS::Events::EventBus', 'AWS::Events::Rule', 'AWS::Events::EventBusPolicy'],
    load: () => import('./events/service.ts'),
  },
  {
    types: ['AWS::Scheduler::Schedule', 'AWS::Scheduler::ScheduleGroup'],
    load: () => import('./scheduler/service.ts'),
  },
  {
    types: [
      'AWS::SecretsManager::Secret',
      'AWS::SecretsManager::RotationSchedule',
      'AWS::SecretsManager::ResourcePolicy',
    ],
    load: () => import('./secrets/service.ts'),
  },
  { types: ['AWS::KMS::Key'], load: () => import('./kms/service.ts') },
  { types: ['AWS::S3::Bucket'], load: () => import('./s3.ts') },
  { types: ['AWS::SQS::Queue'], load: () => import('./sqs.ts') },
  {
    types: ['Api', 'Integration', 'Route', 'Authorizer', 'Stage'].map((name) => `AWS::ApiGatewayV2::${name}`),
    load: () => import('./http.ts'),
  },
];

/** Services that functions call although no resource of the template stands for them: loaded always. */
const unnamed: readonly Entry[] = [{ types: [], load: () => import('./sms-voice/service.ts') }];

/** Types without a local meaning, each with the reason. */
const meaningless: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'describes the synthesis',
  'AWS::CloudWatch::Alarm': 'nobody is paged from one machine',
  'AWS::CloudWatch::CompositeAlarm': 'nobody is paged from one machine',
  'AWS::CloudWatch::Dashboard': 'the console shows the state',
  'AWS::Logs::LogGroup': 'logs are files in the data folder',
  'AWS::Logs::MetricFilter': 'no metrics are kept',
  'AWS::Lambda::Permission': 'rules, queues and the HTTP API of this runtime are its own',
  'AWS::EC2::VPC': 'networks are those of the machine; who is cut off on AWS is so by WebAssembly and a thread here',
  'AWS::EC2::Subnet': 'see the VPC',
  'AWS::EC2::SecurityGroup': 'see the VPC',
  'AWS::SNS::Topic': 'takes alarms, and there are none',
  'AWS::SNS::TopicPolicy': 'see the topic',
  'AWS::SNS::Subscription': 'see the topic',
  'AWS::S3::BucketPolicy': 'enforces TLS; this endpoint is loopback, and roles decide the rest',
  'AWS::SQS::QueuePolicy': 'enforces TLS and admits services of this same runtime',
  'AWS::SSM::Parameter': 'tells other stacks and people a value; nothing here reads it back',
  'AWS::XRay::Group': 'no traces are kept',
  'Custom::S3AutoDeleteObjects': 'acts only when a stack is destroyed',
};

/** Refuses a template with a type that the runtime does not know; names every such resource. */
export function refuseUnknownTypes(
  stacks: { name: string; template: { Resources: Record<string, { Type: string }> } }[],
) {
  const unknown = stacks.flatMap(({ name, template }) =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => !Object.hasOwn(meaningless, Type) && !entryFor(Type))
      .map(([logicalId, { Type }]) => `${name}.${logicalId} (${Type})`),
  );
  if (unknown.length > 0) {
    throw new TemplateError(`The embedded runtime does not know the type of: ${unknown.join(', ')}`);
  }
}

/** The services behind these resource types, each once. */
export async function loadServices(types: Iterable<string>): Promise<Service[]> {
  const wanted = new Set([...[...types].map(entryFor).filter((entry) => entry !== undefined), ...unnamed]);
  return Promise.all([...wanted].map(async (entry) => (await entry.load()).service));
}

/** What stands for a resource without a local meaning: names and ARNs of the right form. */
export function standIn(resource: Resource): Made {
  const name = physicalName(resource);
  const [, service = '', kind = ''] = resource.type.split('::');
  const arn = arnOf(service.toLowerCase(), `${kind.toLowerCase()}/${name}`);
  return {
    ref: resource.type === 'AWS::SNS::Topic' ? arn : name,
    attributes: { Arn: arn, TopicName: name, KeyId: name, GroupId: name },
  };
}

function entryFor(type: string): Entry | undefined {
  return entries.find(({ types }) => types.includes(type));
}
