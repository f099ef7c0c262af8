// Settings per stage: what differs between a stack to try things in and one to rely on. No secrets here.
import * as z from 'zod';

export const Settings = z.strictObject({
  stage: z.enum(['dev', 'prod']),
  /** tables and artifacts outlive the stack and cannot be deleted by accident */
  keepData: z.stringbool().or(z.boolean()),
  logRetentionDays: z.coerce.number().pipe(z.union([z.literal(7), z.literal(30), z.literal(90), z.literal(365)])),
  artifactRetentionDays: z.coerce.number().int().min(1),
  snapshotRetentionDays: z.coerce.number().int().min(1),
  apiRequestsPerSecondMax: z.coerce.number().int().min(1),
  apiRequestsBurstMax: z.coerce.number().int().min(1),
  /** 0 = never; for a target whose Secrets Manager cannot rotate */
  operatorTokenRotationDays: z.coerce.number().int().min(0).max(365),
  /** for a target whose Lambda has no success destinations: agents send their outcome themselves */
  agentsSendOutcomes: z.stringbool().or(z.boolean()),
  /** the sandbox in a network of its own without a way out; off only for a target without EC2 */
  sandboxNetwork: z.stringbool().or(z.boolean()),
  /** audit lines wait this long at most for company, so that one write chains many of them */
  auditWindowSeconds: z.coerce.number().int().min(0).max(60),
  /** how long nobody can delete what is in the audit's archive; 90 at least where data is kept */
  auditArchiveDays: z.coerce.number().int().min(1).max(36_500),
  /** governance: who has the right to may lift the lock; compliance: nobody can, the account's root included */
  auditArchiveLock: z.enum(['governance', 'compliance']),
});
export type Settings = z.infer<typeof Settings>;

const COMMON = {
  artifactRetentionDays: 30,
  snapshotRetentionDays: 90,
  operatorTokenRotationDays: 30,
  agentsSendOutcomes: false,
  sandboxNetwork: true,
  auditWindowSeconds: 1,
};
const STAGES: Record<Settings['stage'], Settings> = {
  dev: {
    ...COMMON,
    stage: 'dev',
    keepData: false,
    auditArchiveDays: 1,
    auditArchiveLock: 'governance',
    logRetentionDays: 7,
    apiRequestsPerSecondMax: 500,
    apiRequestsBurstMax: 1_000,
  },
  prod: {
    ...COMMON,
    stage: 'prod',
    keepData: true,
    auditArchiveDays: 365,
    auditArchiveLock: 'compliance',
    logRetentionDays: 90,
    apiRequestsPerSecondMax: 500,
    apiRequestsBurstMax: 1_000,
  },
};

/**
 * The settings of the stage that `read('stage')` names (dev when it names none); any other setting that `read` knows
 * replaces the stage's, as in `cdk deploy -c stage=prod -c logRetentionDays=365`. Throws a sentence on a bad value.
 */
export function readSettings(read: (name: string) => unknown): Settings {
  const stage = z.enum(['dev', 'prod']).safeParse(read('stage') ?? 'dev');
  if (!stage.success) throw new Error(`stage is ${JSON.stringify(read('stage'))}; expected dev or prod`);
  const names = Object.keys(Settings.shape);
  const overrides = Object.fromEntries(
    names.map((name) => [name, read(name)]).filter(([, value]) => value !== undefined),
  );
  const settings = Settings.safeParse({ ...STAGES[stage.data], ...overrides });
  if (settings.success) return settings.data;
  throw new Error(`The settings of stage ${stage.data} are wrong:\n${z.prettifyError(settings.error)}`);
}
