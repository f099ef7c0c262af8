// HTTP of the room bootstrap.
import { SFNClient } from '@aws-sdk/client-sfn';
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { bootstrapsOn } from './bootstrap-runs.client.ts';
import { ServeHttpEnv } from './env.ts';
import { routes } from './routes.ts';

const machineArn = readEnv(ServeHttpEnv).BOOTSTRAP_MACHINE_ARN;

export const handler = serve(
  routes({ bootstraps: bootstrapsOn({ sfn: new SFNClient(), machineArn, now: () => new Date() }) }),
);
