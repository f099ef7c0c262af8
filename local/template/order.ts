// The order in which the resources of a template can be made: whatever is pointed at comes first.
import { getAttParts, TemplateError } from './intrinsics.ts';

export type TemplateResource = {
  Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: string | string[];
  Condition?: string;
};

/** Logical ids in an order that respects references and DependsOn; a circle is an error that shows it. */
export function creationOrder(resources: Readonly<Record<string, TemplateResource>>): string[] {
  const order: string[] = [];
  const state = new Map<string, 'entered' | 'done'>();
  const visit = (id: string, path: string[]) => {
    if (state.get(id) === 'done') return;
    if (state.get(id) === 'entered') {
      throw new TemplateError(`Circular reference: ${[...path.slice(path.indexOf(id)), id].join(' → ')}`);
    }
    state.set(id, 'entered');
    for (const next of dependencies(resources[id]!)) if (Object.hasOwn(resources, next)) visit(next, [...path, id]);
    state.set(id, 'done');
    order.push(id);
  };
  for (const id of Object.keys(resources)) visit(id, []);
  return order;
}

function dependencies(resource: TemplateResource): Set<string> {
  const found = new Set<string>([resource.DependsOn ?? []].flat());
  collect(resource.Properties, found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const member of value) collect(member, found);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === 'Ref') found.add(String(member));
    else if (name === 'Fn::GetAtt') found.add(getAttParts(member)[0]);
    else if (name === 'Fn::Sub') collectSub(member, found);
    else collect(member, found);
  }
}

function collectSub(argument: unknown, found: Set<string>): void {
  const [pattern, own] = Array.isArray(argument) ? argument : [argument, undefined];
  for (const [, name] of String(pattern).matchAll(/\$\{([^!}]+)\}/g)) found.add(getAttParts(name)[0]);
  collect(own, found);
}
