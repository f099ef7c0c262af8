// AWS::IAM::Role, Policy and ManagedPolicy of the template, as the grants they make.
import { account, type Host, physicalName, type Resource, type ResourceFactory, type Service } from '../service.ts';
import { makeRoles, type Roles } from './roles.ts';

/** The roles of this runtime. */
export function rolesOf(host: Pick<Host, 'shared'>): Roles {
  return host.shared('iam', makeRoles);
}

type InlinePolicy = { PolicyName: string; PolicyDocument: unknown };

const role: ResourceFactory = {
  type: 'AWS::IAM::Role',
  async create(resource, host) {
    const { properties } = resource;
    if (properties.PermissionsBoundary) throw new Error('PermissionsBoundary is not covered by the embedded runtime');
    const name = String(properties.RoleName ?? physicalName(resource));
    const arn = rolesOf(host).addRole(name, properties.AssumeRolePolicyDocument);
    for (const policy of listOf<InlinePolicy>(properties.Policies)) {
      rolesOf(host).grant(name, policy.PolicyDocument, `${name}/${policy.PolicyName}`);
    }
    for (const policyArn of listOf<string>(properties.ManagedPolicyArns)) rolesOf(host).attach(name, policyArn);
    return { ref: name, attributes: { Arn: arn, RoleId: `AROA${resource.logicalId}` } };
  },
};

const policy: ResourceFactory = {
  type: 'AWS::IAM::Policy',
  async create(resource, host) {
    const name = String(resource.properties.PolicyName ?? physicalName(resource));
    grantToRoles(resource, (roleName) => rolesOf(host).grant(roleName, resource.properties.PolicyDocument, name));
    return { ref: name, attributes: { Id: name } };
  },
};

const managedPolicy: ResourceFactory = {
  type: 'AWS::IAM::ManagedPolicy',
  async create(resource, host) {
    const name = String(resource.properties.ManagedPolicyName ?? physicalName(resource));
    const arn = rolesOf(host).addManagedPolicy(name, resource.properties.PolicyDocument);
    grantToRoles(resource, (roleName) => rolesOf(host).attach(roleName, arn));
    return { ref: arn, attributes: { PolicyArn: arn, PolicyId: `ANPA${resource.logicalId}`, AccountId: account } };
  },
};

function grantToRoles({ properties }: Resource, grant: (roleName: string) => void): void {
  for (const roleName of listOf<string>(properties.Roles)) grant(roleName);
}

function listOf<T>(value: unknown): T[] {
  return (value ?? []) as T[];
}

export const service: Service = { factories: [role, policy, managedPolicy] };
