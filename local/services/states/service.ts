// Step Functions: state machines of the template, interpreted here, with executions that survive kill -9.
import { arnOf, type Host, physicalName, type Resource, type ResourceFactory, type Service } from '../../service.ts';
import { statesApi } from './api.ts';
import { readDefinition, UnusableDefinition } from './definition.ts';
import { Engine } from './engine.ts';

const engineOf = (host: Host): Engine => host.shared('states', () => new Engine(host));

const stateMachine: ResourceFactory = {
  type: 'AWS::StepFunctions::StateMachine',
  create: async (resource, host) => {
    const engine = engineOf(host);
    await engine.open();
    const name = String(resource.properties.StateMachineName ?? physicalName(resource, 80));
    const arn = arnOf('states', `stateMachine:${name}`);
    const roleArn = String(resource.properties.RoleArn);
    engine.add({ arn, name, roleArn, definition: definitionOf(resource), createdMs: host.clock.now() });
    return {
      ref: arn,
      attributes: { Arn: arn, Name: name },
      start: () => engine.resume(),
      stop: () => engine.close(),
    };
  },
};

function definitionOf({ logicalId, properties }: Resource) {
  const { Definition, DefinitionString, DefinitionSubstitutions = {}, StateMachineType } = properties;
  try {
    if (StateMachineType === 'EXPRESS') throw new UnusableDefinition('StateMachineType EXPRESS is not covered');
    const text = typeof DefinitionString === 'string' ? DefinitionString : JSON.stringify(Definition);
    if (!text) throw new UnusableDefinition('DefinitionString or Definition is required');
    return readDefinition(substituted(text, DefinitionSubstitutions as Record<string, unknown>));
  } catch (error) {
    throw new Error(`State machine ${logicalId}: ${(error as Error).message}`, { cause: error });
  }
}

/** Fills in `${Name}`; a name without a substitution stays, as in CloudFormation, and the checks then name it. */
function substituted(text: string, values: Record<string, unknown>): string {
  return text.replace(/\$\{([A-Za-z0-9_]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? JSON.stringify(String(values[name])).slice(1, -1) : whole,
  );
}

export const service: Service = {
  factories: [stateMachine],
  apis: [statesApi(engineOf)],
  deliver: {
    arnService: 'states',
    to: async (targetArn, payload, host) => {
      const input = JSON.stringify(payload ?? {});
      await engineOf(host).start({ stateMachineArn: targetArn, input }, { kind: 'service', principal: 'delivery' });
    },
  },
};
