// HTTP of the room operations.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { packageFilesIn } from './console-files.store.ts';
import { ServeHttpEnv } from './env.ts';
import { statusRoutes } from './status-routes.ts';
import { summariesOf } from './summaries.ts';

const packageFolder = process.env.LAMBDA_TASK_ROOT ?? process.cwd();
const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
const functions = new LambdaClient();
const { ask, place, seeContext } = summariesOf(readEnv(ServeHttpEnv).SUMMARIES, version, (FunctionName) =>
  functions.send(new InvokeCommand({ FunctionName, Payload: '{}' })),
);
const answer = serve(statusRoutes({ ask, place, files: packageFilesIn(packageFolder) }));

export const handler = (event: unknown, context: { invokedFunctionArn: string }) => {
  seeContext(context);
  return answer(event, context);
};
