// The CDK app: builds the code, reads the stage, makes the stack.
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readSettings } from '../lib/config.ts';
import { LazyArkStack } from '../lib/lazyark-stack.ts';
import { build, FUNCTIONS_FOLDER } from './bundle.ts';

await build();
const app = new App({ analyticsReporting: false });
const settings = readSettings((name) => app.node.tryGetContext(name));
new LazyArkStack(app, settings.stage === 'prod' ? 'LazyArk' : `LazyArk-${settings.stage}`, {
  settings,
  code: Code.fromAsset(FUNCTIONS_FOLDER),
  description: 'A swarm of autonomous agents under governance',
  ...(settings.keepData && { terminationProtection: true }),
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
