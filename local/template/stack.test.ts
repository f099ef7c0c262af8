// Templates: what references resolve to, in which order things are made, and how faults are named.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how Fn::Sub is written
import { describe, expect, it } from 'vitest';
import type { Template } from '../assembly.ts';
import type { Resource } from '../service.ts';
import { makeStack } from './stack.ts';

/** Makes a stack of things whose Ref is `<id>-ref` and whose Arn is `<id>-arn`; returns what was made and the outputs. */
async function made(template: Partial<Template>, imports = new Map<string, string>()) {
  const resources: Resource[] = [];
  const { outputs } = await makeStack(
    'App',
    { Resources: {}, ...template },
    async (resource) => {
      resources.push(resource);
      return { ref: `${resource.logicalId}-ref`, attributes: { Arn: `${resource.logicalId}-arn` } };
    },
    imports,
  );
  return { order: resources.map(({ logicalId }) => logicalId), resources, outputs };
}

const output = (Value: unknown) => ({ Outputs: { Out: { Value } } });
const thing = (Properties: Record<string, unknown> = {}, rest = {}) => ({ Type: 'Test::Thing', Properties, ...rest });

describe('functions', () => {
  const base: Partial<Template> = {
    Resources: { A: thing() },
    Parameters: { Version: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk/version' } },
    Mappings: { Sizes: { small: { memory: 128 } } },
    Conditions: {
      Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
      Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
      Either: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    },
  };
  it.each([
    ['Ref', { Ref: 'A' }, 'A-ref'],
    ['Ref to a parameter', { Ref: 'Version' }, '/cdk/version'],
    [
      'pseudo parameters',
      { 'Fn::Sub': '${AWS::Partition}/${AWS::AccountId}/${AWS::StackName}' },
      'aws/000000000000/App',
    ],
    ['GetAtt as a list', { 'Fn::GetAtt': ['A', 'Arn'] }, 'A-arn'],
    ['GetAtt as text', { 'Fn::GetAtt': 'A.Arn' }, 'A-arn'],
    [
      'Sub',
      { 'Fn::Sub': ['${A}/${A.Arn}/${own}/${!kept}', { own: { Ref: 'Version' } }] },
      'A-ref/A-arn//cdk/version/${kept}',
    ],
    ['Join', { 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, { Ref: 'A' }]] }, 'arn:aws:A-ref'],
    ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'A' }] }] }, 'ref'],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', 'small', 'memory'] }, '128'],
    ['If', { 'Fn::If': ['Yes', 'yes', 'no'] }, 'yes'],
    ['If with And', { 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
    ['If with Or', { 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
    ['Base64', { 'Fn::Base64': 'text' }, 'dGV4dA=='],
    ['ImportValue', { 'Fn::ImportValue': 'shared' }, 'from another stack'],
  ])('%s', async (_, value, expected) => {
    const imports = new Map([['shared', 'from another stack']]);
    expect((await made({ ...base, ...output(value) }, imports)).outputs.Out).toBe(expected);
  });

  it('leaves out what is AWS::NoValue, in objects and lists', async () => {
    const { resources } = await made({
      Resources: { A: thing({ gone: { Ref: 'AWS::NoValue' }, list: [1, { Ref: 'AWS::NoValue' }] }) },
    });
    expect(resources[0]!.properties).toEqual({ list: [1] });
  });

  it('offers exports to later stacks', async () => {
    const imports = new Map<string, string>();
    await made(
      { Resources: { A: thing() }, Outputs: { Out: { Value: { Ref: 'A' }, Export: { Name: 'name' } } } },
      imports,
    );
    expect(imports.get('name')).toBe('A-ref');
  });
});

describe('order', () => {
  it('makes first what is pointed at, by Ref, GetAtt, Sub and DependsOn', async () => {
    const { order } = await made({
      Resources: {
        A: thing({ to: { 'Fn::Sub': 'x ${B.Arn}' } }),
        B: thing({ to: [{ 'Fn::GetAtt': ['C', 'Arn'] }] }),
        C: thing({}, { DependsOn: 'D' }),
        D: thing({ to: { Ref: 'E' } }),
        E: thing(),
      },
    });
    expect(order).toEqual(['E', 'D', 'C', 'B', 'A']);
  });

  it('leaves out what its condition excludes', async () => {
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    const { order } = await made({ Conditions, Resources: { A: thing({}, { Condition: 'Never' }), B: thing() } });
    expect(order).toEqual(['B']);
  });
});

describe('faults', () => {
  it.each([
    ['a circle', { Resources: { A: thing({ to: { Ref: 'B' } }), B: thing({ to: { Ref: 'A' } }) } }, 'A → B → A'],
    ['a Ref to nothing', { Resources: { A: thing({ deep: [{ Ref: 'Ghost' }] }) } }, /App\.A\.deep\[0\].*Ghost/],
    [
      'an attribute that nobody knows',
      { Resources: { A: thing(), B: thing({ to: { 'Fn::GetAtt': ['A', 'Colour'] } }) } },
      /attribute Colour of A/,
    ],
    [
      'a function that is not covered',
      { Resources: { A: thing({ to: { 'Fn::Cidr': [] } }) } },
      /App\.A\.to: Fn::Cidr is not covered/,
    ],
    ['a condition that is missing', { Resources: { A: thing({}, { Condition: 'Ghost' }) } }, /no condition Ghost/],
  ])('%s is named', async (_, template, message) => {
    await expect(made(template as Partial<Template>)).rejects.toThrow(message);
  });
});
