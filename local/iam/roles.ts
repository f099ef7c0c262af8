// The roles of the template and what they may do. Every call of a function is checked here, as AWS would check it.
import { AccessDenied, account, type Caller } from '../service.ts';
import type { Context } from './match.ts';
import { decide, readPolicy, type Statement } from './policy.ts';

type Role = { name: string; arn: string; policies: Statement[][]; trustedServices: Set<string> };

export interface Roles {
  addRole(name: string, trustDocument: unknown): string;
  addManagedPolicy(name: string, document: unknown): string;
  /** gives a role the statements of an inline policy */
  grant(roleName: string, document: unknown, where: string): void;
  /** gives a role a managed policy of the template, or one of AWS's that is known here */
  attach(roleName: string, policyArn: string): void;
  /** whether a service may act under the role, e.g. lambda.amazonaws.com */
  trusts(roleArn: string, servicePrincipal: string): boolean;
  /** throws AccessDenied, worded as AWS words it */
  authorize(caller: Caller, action: string, resource: string, context?: Context): void;
}

const allow = (...actions: string[]) => ({ Statement: { Effect: 'Allow', Action: actions, Resource: '*' } });

// What AWS's own managed policies allow, as far as it means anything here: logs and traces go nowhere that IAM guards.
const awsPolicies: Record<string, unknown> = {
  'service-role/AWSLambdaBasicExecutionRole': allow('logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'),
  AWSXRayDaemonWriteAccess: allow('xray:PutTraceSegments', 'xray:PutTelemetryRecords'),
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs': allow('logs:*'),
};

export function makeRoles(): Roles {
  const roles = new Map<string, Role>();
  const managed = new Map<string, Statement[]>();
  const decisions = new Map<string, boolean>();
  const roleNamed = (name: string) => {
    const role = roles.get(roleArn(name));
    if (!role) throw new Error(`there is no role ${name}`);
    return role;
  };
  return {
    addRole(name, trustDocument) {
      const arn = roleArn(name);
      roles.set(arn, { name, arn, policies: [], trustedServices: trustedServices(trustDocument) });
      return arn;
    },
    addManagedPolicy(name, document) {
      const arn = `arn:aws:iam::${account}:policy/${name}`;
      managed.set(arn, readPolicy(document, name));
      return arn;
    },
    grant(name, document, where) {
      roleNamed(name).policies.push(readPolicy(document, where));
      decisions.clear();
    },
    attach(name, policyArn) {
      roleNamed(name).policies.push(managed.get(policyArn) ?? awsPolicy(policyArn));
      decisions.clear();
    },
    trusts: (arn, service) => roles.get(arn)?.trustedServices.has(service) ?? false,
    authorize(caller, action, resource, context = {}) {
      if (caller.kind === 'service' || caller.kind === 'operator') return;
      const key = `${caller.roleArn} ${action} ${resource}`;
      if (decisions.get(key)) return;
      const role = roles.get(caller.roleArn);
      const full = { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': caller.roleArn, ...context };
      const { outcome, contextual } = decide(role?.policies.flat() ?? [], action, resource, full);
      if (outcome !== 'allowed') throw new AccessDenied(denial(caller, action, resource, outcome));
      if (!contextual) decisions.set(key, true);
    },
  };
}

function roleArn(name: string): string {
  return `arn:aws:iam::${account}:role/${name}`;
}

function awsPolicy(policyArn: string): Statement[] {
  const name = policyArn.split(':policy/')[1] ?? '';
  const document = awsPolicies[name];
  if (!document) throw new Error(`the managed policy ${policyArn} is not known to the embedded runtime`);
  return readPolicy(document, name);
}

function trustedServices(document: unknown): Set<string> {
  const { Statement } = (document ?? {}) as { Statement?: unknown };
  const statements = [Statement ?? []].flat() as { Effect?: string; Principal?: { Service?: string | string[] } }[];
  const allowing = statements.filter(({ Effect }) => Effect === 'Allow');
  return new Set(allowing.flatMap(({ Principal }) => Principal?.Service ?? []));
}

function denial(
  caller: Extract<Caller, { roleArn: string }>,
  action: string,
  resource: string,
  outcome: 'explicitDeny' | 'implicitDeny',
): string {
  const session = caller.kind === 'role' ? caller.sessionName : caller.functionArn.split(':').at(-1);
  const roleName = caller.roleArn.split('/').at(-1);
  const who = `arn:aws:sts::${account}:assumed-role/${roleName}/${session}`;
  const why =
    outcome === 'explicitDeny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return `User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}
