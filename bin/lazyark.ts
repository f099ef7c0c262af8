// What `cdk synth` and `cdk deploy -c stage=prod` run. Compiling the CDK takes longer than using it, so that is kept.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compile'));
await import('./synthesize.ts');
