// AWS::Lambda::* of the template.
import { arnOf, type Host, type Made, type Resource, type ResourceFactory, type Service } from '../../service.ts';
import { lambdaApi } from './api.ts';
import { makeMapping } from './mappings.ts';
import { lambdaOf } from './runtime.ts';

const lambdaFunction: ResourceFactory = {
  type: 'AWS::Lambda::Function',
  async create(resource, host) {
    const lambda = lambdaOf(host);
    const { name, arn } = lambda.functions.add(resource);
    return { ref: name, attributes: { Arn: arn }, start: lambda.start, stop: lambda.stop };
  },
};

type InvokeConfigProperties = {
  FunctionName: string;
  MaximumRetryAttempts?: number;
  MaximumEventAgeInSeconds?: number;
  DestinationConfig?: { OnSuccess?: { Destination?: string }; OnFailure?: { Destination?: string } };
};

const eventInvokeConfig: ResourceFactory = {
  type: 'AWS::Lambda::EventInvokeConfig',
  async create({ logicalId, properties }, host) {
    const config = properties as InvokeConfigProperties;
    const { functions, invocations } = lambdaOf(host);
    const age = config.MaximumEventAgeInSeconds;
    invocations.configure(functions.find(config.FunctionName).name, {
      maximumRetryAttempts: config.MaximumRetryAttempts === undefined ? 2 : Number(config.MaximumRetryAttempts),
      maximumEventAgeMs: age === undefined ? undefined : Number(age) * 1000,
      onSuccess: config.DestinationConfig?.OnSuccess?.Destination,
      onFailure: config.DestinationConfig?.OnFailure?.Destination,
    });
    return { ref: logicalId };
  },
};

/** Versions and aliases all run the one code that there is. */
async function qualified(resource: Resource, host: Host): Promise<Made> {
  const { FunctionName, Name } = resource.properties as { FunctionName: string; Name?: string };
  const { name } = lambdaOf(host).functions.find(FunctionName);
  const arn = arnOf('lambda', `function:${name}:${Name ?? '1'}`);
  return { ref: arn, attributes: { FunctionArn: arn, AliasArn: arn, Version: '1' } };
}

export const service: Service = {
  factories: [
    lambdaFunction,
    eventInvokeConfig,
    { type: 'AWS::Lambda::Version', create: qualified },
    { type: 'AWS::Lambda::Alias', create: qualified },
    { type: 'AWS::Lambda::EventSourceMapping', create: makeMapping },
  ],
  apis: [lambdaApi],
  deliver: { arnService: 'lambda', to: (targetArn, payload, host) => host.invokeAsync(targetArn, payload) },
};
