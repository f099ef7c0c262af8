// Builds what requesting, performing and undoing effects share. Production wiring only.
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { readConfig } from '../common/config.ts';
import { safeFetchWith } from '../common/safe-fetch.client.ts';
import type { Tables } from '../common/table.ts';
import { callApiBy } from './call-api.client.ts';
import { changeSettingIn, readSetting, settingHistory } from './change-setting.store.ts';
import type { Exercise } from './drill-undo.ts';
import { drillsIn } from './drills.store.ts';
import { effectRequestsIn } from './effect-requests.store.ts';
import { readEffect } from './effects.ts';
import type { Performers } from './performer.ts';
import { readFileIn, writeObjectIn } from './write-object.client.ts';

const OutsideHosts = z.array(
  z.strictObject({
    host: z.string().min(1),
    schemes: z.array(z.enum(['https', 'http'])).optional(),
    ports: z.array(z.int().min(1).max(65_535)).optional(),
    addresses: z.enum(['public', 'any']).optional(),
  }),
);

/** `bucket` holds the files of the action object.write. */
export function performerDeps(tables: Tables, table: string, bucket: string) {
  const now = () => new Date();
  const s3 = new S3Client({ forcePathStyle: true });
  const all = [
    changeSettingIn(tables, table, now),
    writeObjectIn(bucket, s3),
    callApiBy(safeFetchWith(), readConfig('outside.yaml', OutsideHosts)),
  ];
  const performers: Performers = Object.fromEntries(all.map((performer) => [performer.action, performer]));
  return {
    now,
    performers,
    requests: effectRequestsIn(tables, table),
    drills: drillsIn(tables, table),
    effect: (effectId: string) => readEffect(effectId, { tables, table }),
    setting: async (name: string) => ({
      current: (await readSetting(tables, table, name)) ?? null,
      history: await settingHistory(tables, table, name),
    }),
    exercises: exercisesOf(tables, table, bucket, s3),
  };
}

/** Harmless by name: nobody reads what is called canary/drill. */
function exercisesOf(tables: Tables, table: string, bucket: string, s3: S3Client): Exercise[] {
  const readFile = readFileIn(bucket, s3);
  return [
    {
      action: 'setting.change',
      parameters: { name: 'canary/drill', value: 'drilled' },
      state: async () => JSON.stringify((await readSetting(tables, table, 'canary/drill'))?.value ?? null),
    },
    {
      action: 'object.write',
      parameters: { name: 'canary/drill.txt', content: 'drilled' },
      state: () => readFile('canary/drill.txt'),
    },
  ];
}
