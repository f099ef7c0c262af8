// Roles: what they allow, what they deny, and the words AWS uses for it.
import { describe, expect, it } from 'vitest';
import type { Caller } from '../service.ts';
import { makeRoles } from './roles.ts';

const table = 'arn:aws:dynamodb:eu-central-1:000000000000:table/Objectives';

/** Whether a role with these statements may do something. */
function may(statements: unknown, action: string, resource: string, context = {}): boolean {
  const roles = makeRoles();
  const roleArn = roles.addRole('worker', {});
  roles.grant('worker', { Statement: statements }, 'policy');
  const caller: Caller = {
    kind: 'function',
    roleArn,
    functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:run',
  };
  try {
    roles.authorize(caller, action, resource, context);
    return true;
  } catch {
    return false;
  }
}
const allow = (Action: unknown, Resource: unknown = '*', Condition?: unknown) => ({
  Effect: 'Allow',
  Action,
  Resource,
  Condition,
});
const deny = (Action: unknown, Resource: unknown = '*', Condition?: unknown) => ({
  Effect: 'Deny',
  Action,
  Resource,
  Condition,
});

describe('actions and resources', () => {
  it.each([
    [true, 'the action itself', [allow('dynamodb:PutItem', table)]],
    [true, 'another case of the action', [allow('dynamodb:putitem', table)]],
    [true, 'a wildcard in the action', [allow('dynamodb:Put*', table)]],
    [true, 'a wildcard in the resource', [allow(['dynamodb:PutItem'], ['arn:aws:dynamodb:*:*:table/Obj*'])]],
    [true, 'a question mark', [allow('dynamodb:PutItem', table.replace('Obj', 'O?j'))]],
    [true, 'NotAction of something else', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }]],
    [false, 'NotAction of it', [{ Effect: 'Allow', NotAction: 'dynamodb:*', Resource: '*' }]],
    [false, 'NotResource of it', [{ Effect: 'Allow', Action: '*', NotResource: table }]],
    [false, 'nothing', []],
    [false, 'another action', [allow('dynamodb:GetItem', table)]],
    [false, 'another resource', [allow('dynamodb:PutItem', `${table}/index/queue`)]],
    [false, 'a dot that is no wildcard', [allow('dynamodb:PutItem', table.replace('Objectives', 'Objective.'))]],
    [false, 'an explicit deny beside an allow', [allow('*'), deny('dynamodb:Put*', table)]],
  ])('%s for %s', (expected, _, statements) => {
    expect(may(statements, 'dynamodb:PutItem', table)).toBe(expected);
  });
});

describe('conditions', () => {
  const keys = (...values: string[]) => ({ 'dynamodb:LeadingKeys': values });
  const leading = (...patterns: string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns } });
  it.each([
    [true, 'all keys fit', [allow('*', '*', leading('agent#*'))], keys('agent#1', 'agent#2')],
    [false, 'one key does not fit', [allow('*', '*', leading('agent#*'))], keys('agent#1', 'task#2')],
    [true, 'StringEquals', [allow('*', '*', { StringEquals: { 'a:b': ['x', 'y'] } })], { 'a:b': 'y' }],
    [false, 'StringEquals without the key', [allow('*', '*', { StringEquals: { 'a:b': 'x' } })], {}],
    [true, 'StringEqualsIfExists without the key', [allow('*', '*', { StringEqualsIfExists: { 'a:b': 'x' } })], {}],
    [true, 'StringNotEquals', [allow('*', '*', { StringNotEquals: { 'a:b': 'x' } })], { 'a:b': 'y' }],
    [false, 'StringNotEquals', [allow('*', '*', { StringNotEquals: { 'a:b': ['x', 'y'] } })], { 'a:b': 'y' }],
    [true, 'Bool', [allow('*', '*', { Bool: { 'aws:SecureTransport': 'true' } })], {}],
    [
      true,
      'a deny for plain HTTP, which nobody uses here',
      [allow('*'), deny('*', '*', { Bool: { 'aws:SecureTransport': 'false' } })],
      {},
    ],
    [false, 'a deny that applies', [allow('*'), deny('*', '*', { StringLike: { 'a:b': 'x*' } })], { 'a:b': 'xyz' }],
    [true, 'Null: true for a missing key', [allow('*', '*', { Null: { 'a:b': 'true' } })], {}],
    [
      false,
      'two operators, of which one fails',
      [allow('*', '*', { StringLike: { 'a:b': '*' }, Bool: { 'c:d': 'true' } })],
      { 'a:b': 'x' },
    ],
  ])('%s when %s', (expected, _, statements, context) => {
    expect(may(statements, 'dynamodb:GetItem', table, context)).toBe(expected);
  });

  it('does not reuse an answer that leaned on the context', () => {
    const roles = makeRoles();
    const caller: Caller = { kind: 'role', roleArn: roles.addRole('worker', {}), sessionName: 'x' };
    roles.grant('worker', { Statement: allow('*', '*', leading('mine')) }, 'policy');
    roles.authorize(caller, 'dynamodb:GetItem', table, keys('mine'));
    expect(() => roles.authorize(caller, 'dynamodb:GetItem', table, keys('yours'))).toThrow('not authorized');
  });

  it('refuses an operator that it does not know', () => {
    expect(() => makeRolesWith(allow('*', '*', { IpAddress: { 'aws:SourceIp': '::1' } }))).toThrow(
      'IpAddress is not covered',
    );
  });
});

function makeRolesWith(statement: unknown): void {
  const roles = makeRoles();
  roles.addRole('worker', {});
  roles.grant('worker', { Statement: statement }, 'policy');
}

describe('wording and managed policies', () => {
  it('says it as AWS says it', () => {
    const roles = makeRoles();
    const roleArn = roles.addRole('settle-role', {});
    const caller: Caller = {
      kind: 'function',
      roleArn,
      functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:settle',
    };
    expect(() => roles.authorize(caller, 'dynamodb:PutItem', table)).toThrow(
      `User: arn:aws:sts::000000000000:assumed-role/settle-role/settle is not authorized to perform: dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
    );
    roles.grant('settle-role', { Statement: deny('*') }, 'policy');
    expect(() => roles.authorize(caller, 'dynamodb:PutItem', table)).toThrow(
      'with an explicit deny in an identity-based policy',
    );
  });

  it('knows the basic execution role, which allows logs and nothing else', () => {
    const roles = makeRoles();
    const caller: Caller = { kind: 'role', roleArn: roles.addRole('worker', {}), sessionName: 'x' };
    roles.attach('worker', 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole');
    roles.authorize(caller, 'logs:PutLogEvents', '*');
    expect(() => roles.authorize(caller, 'dynamodb:GetItem', table)).toThrow('not authorized');
    expect(() => roles.attach('worker', 'arn:aws:iam::aws:policy/AdministratorAccess')).toThrow('not known');
  });
});
