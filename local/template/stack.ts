// Makes the resources of one stack in order, and resolves its outputs.
import type { Template } from '../assembly.ts';
import { account, type Made, type Resource, region } from '../service.ts';
import { evaluateCondition, resolve, type Scope, TemplateError } from './intrinsics.ts';
import { creationOrder } from './order.ts';

export type Maker = (resource: Resource) => Promise<Made>;
export type StackResult = { made: Made[]; outputs: Record<string, string> };

/**
 * Makes every resource of a template with `make`. `imports` holds the exports of earlier stacks and takes this
 * stack's. An error names the stack, the logical id and the type of the resource it came from.
 */
export async function makeStack(
  name: string,
  template: Template,
  make: Maker,
  imports: Map<string, string>,
): Promise<StackResult> {
  const known = new Map<string, { ref: string; attribute(name: string): string | undefined }>();
  const scope = stackScope(name, template, known, imports);
  const made: Made[] = [];
  for (const logicalId of creationOrder(template.Resources)) {
    const { Type: type, Properties = {}, Condition } = template.Resources[logicalId]!;
    if (Condition !== undefined && !scope.condition(Condition)) continue;
    const properties = resolve(Properties, scope, `${name}.${logicalId}`) as Record<string, unknown>;
    const result = await makeNamed(make, { logicalId, type, properties, stackName: name });
    known.set(logicalId, { ref: result.ref, attribute: (attribute) => result.attributes?.[attribute] });
    made.push(result);
  }
  return { made, outputs: outputsOf(name, template, scope, imports) };
}

async function makeNamed(make: Maker, resource: Resource): Promise<Made> {
  try {
    return await make(resource);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const { stackName, logicalId, type } = resource;
    throw new TemplateError(`${stackName}.${logicalId} (${type}): ${reason}`, { cause: error });
  }
}

function stackScope(name: string, template: Template, made: Scope['made'], imports: Scope['imports']): Scope {
  const conditions = new Map<string, boolean>();
  const scope: Scope = {
    parameters: parametersOf(template),
    pseudo: {
      'AWS::Region': region,
      'AWS::AccountId': account,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': name,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${name}/local`,
      'AWS::NotificationARNs': '',
    },
    made,
    mappings: template.Mappings ?? {},
    imports,
    condition(conditionName) {
      const expression = template.Conditions?.[conditionName];
      if (expression === undefined) throw new TemplateError(`${name}: there is no condition ${conditionName}`);
      const value = conditions.get(conditionName) ?? evaluateCondition(expression, scope, `${name}.${conditionName}`);
      conditions.set(conditionName, value);
      return value;
    },
  };
  return scope;
}

// A parameter without a default is no error until something refers to it: then Ref finds nothing by that name.
function parametersOf(template: Template): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, { Default }] of Object.entries(template.Parameters ?? {})) {
    if (Default !== undefined) values[name] = String(Default);
  }
  return values;
}

function outputsOf(
  name: string,
  template: Template,
  scope: Scope,
  exports: Map<string, string>,
): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [key, output] of Object.entries(template.Outputs ?? {})) {
    if (output.Condition !== undefined && !scope.condition(output.Condition)) continue;
    const value = String(resolve(output.Value, scope, `${name}.Outputs.${key}`));
    outputs[key] = value;
    if (output.Export) exports.set(String(resolve(output.Export.Name, scope, `${name}.Outputs.${key}`)), value);
  }
  return outputs;
}
