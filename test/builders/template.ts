// The synthesized template as plain data, and questions about it that several tests ask.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readSettings } from '../../lib/config.ts';
import { LazyArkStack } from '../../lib/lazyark-stack.ts';

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of hundreds of shapes; the assertions say which one they mean
export type Properties = Record<string, any>;
export type TemplateResource = { Type: string; Properties: Properties; DeletionPolicy?: string };
export type TemplateJson = { Resources: Record<string, TemplateResource>; Outputs: Record<string, { Value: unknown }> };

/**
 * Makes the stack in an app of its own, hands it to `use`, and leaves nothing behind. Any small folder will do for the
 * code: what is asked of the template does not depend on it, so nothing has to be built.
 */
function withStack<Result>(context: Record<string, unknown>, use: (stack: LazyArkStack, app: App) => Result): Result {
  const outdir = mkdtempSync(join(tmpdir(), 'lazyark-synth-'));
  try {
    const app = new App({ outdir });
    const settings = readSettings((name) => context[name]);
    const code = Code.fromAsset(join(import.meta.dirname, '../../statemachines'));
    return use(new LazyArkStack(app, 'LazyArk', { settings, code }), app);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

export const synthesize = (context: Record<string, unknown> = {}): TemplateJson =>
  withStack(context, (stack) => Template.fromStack(stack).toJSON() as TemplateJson);

/** What cdk-nag has against the stack, after `change` was made to it; empty when it is clean. */
export function complaintsAbout(
  context: Record<string, unknown>,
  change: (stack: LazyArkStack) => void = () => {},
): string {
  return withStack(context, (stack, app) => {
    change(stack);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    try {
      app.synth();
      return '';
    } catch (error) {
      return String(error);
    }
  });
}

export function resourcesOf(template: TemplateJson, type: string): [string, TemplateResource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** `ObjectivesTimerQueue1A2B3C4D` → `ObjectivesTimerQueue` */
export const nameOf = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

/** A reference as one readable word: the resource's name, followed by what is joined to it. */
export function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[fn, args]] = Object.entries(value as Properties) as [[string, never]];
  if (fn === 'Ref') return nameOf(args);
  if (fn === 'Fn::GetAtt') return args[1] === 'StreamArn' ? `${nameOf(args[0])}/stream` : nameOf(args[0]);
  if (fn === 'Fn::Join') return (args[1] as unknown[]).map(readable).join('');
  throw new Error(`A reference by ${fn} is new here`);
}

export type Statement = {
  role: string;
  effect: string;
  actions: string[];
  resources: string[];
  condition?: Properties;
};

/** Every statement of every identity policy in the template. */
export function statementsOf(template: TemplateJson): Statement[] {
  const own = resourcesOf(template, 'AWS::IAM::Role').flatMap(([id, { Properties: role }]) =>
    ((role.Policies ?? []) as Properties[]).map(({ PolicyDocument }) => ({ Roles: [{ Ref: id }], PolicyDocument })),
  );
  const beside = resourcesOf(template, 'AWS::IAM::Policy').map(([, { Properties: policy }]) => policy);
  return [...own, ...beside].flatMap((policy) =>
    (policy.Roles as Properties[]).flatMap((role) =>
      (policy.PolicyDocument.Statement as Properties[]).map((statement) => ({
        role: role.Ref as string,
        effect: statement.Effect as string,
        actions: [statement.Action].flat() as string[],
        resources: [statement.Resource].flat().map(readable),
        ...(statement.Condition && { condition: statement.Condition }),
      })),
    ),
  );
}

/** What each function's code may do, less what is denied to it: `objectives/serve-http` → [`dynamodb:GetItem ObjectivesObjectivesTable`, …], sorted. */
export function rightsOf(template: TemplateJson): Record<string, string[]> {
  const statements = statementsOf(template);
  const functions = resourcesOf(template, 'AWS::Lambda::Function').map(([, { Properties: fn }]) => {
    const own = statements.filter(({ role }) => role === fn.Role['Fn::GetAtt'][0]);
    const denied = own.filter(({ effect }) => effect === 'Deny').flatMap(({ actions }) => actions);
    const isDenied = (action: string) => denied.includes(action.replace(/:.*/, ':*'));
    const allowed = own.filter(({ effect }) => effect === 'Allow');
    const rights = allowed.flatMap(({ actions, resources }) =>
      actions
        .filter((action) => !isDenied(action))
        .flatMap((action) => resources.map((resource) => `${action} ${resource}`)),
    );
    return [String(fn.Handler).replace('.handler', ''), [...new Set(rights)].sort()] as const;
  });
  return Object.fromEntries(functions);
}
