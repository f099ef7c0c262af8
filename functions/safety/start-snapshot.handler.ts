// Every hour: has a snapshot taken. Two ticks of the same second take one.
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { StartSnapshotEnv } from './env.ts';
import { snapshotIdOf } from './snapshot.ts';
import { snapshotRunsOn } from './snapshot-runs.client.ts';

const runs = snapshotRunsOn(readEnv(StartSnapshotEnv), new SFNClient());

export const handler = lambda(z.object({ time: z.iso.datetime() }), ({ time }) =>
  runs.take(snapshotIdOf('snp', new Date(time)), 'schedule', 'every hour'),
);
