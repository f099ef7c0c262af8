// Secrets Manager: secrets of the template, generated once and kept in the runtime's store, and their rotation.
import { type Host, physicalName, type Resource, type ResourceFactory, type Service } from '../../service.ts';
import { schedulesOf } from '../scheduler/schedules.ts';
import { secretsApi } from './api.ts';
import { generatedSecret } from './password.ts';
import { beginRotation, configureRotation, followRotation, type RotationRules, rotate } from './rotation.ts';
import { createTables, findSecret, type SecretRow, setColumns } from './rows.ts';
import { createSecret, putVersion } from './versions.ts';

const secret: ResourceFactory = {
  type: 'AWS::SecretsManager::Secret',
  create: async (resource, host) => {
    await host.store.durably(createTables);
    await schedulesOf(host).open();
    const name = String(resource.properties.Name ?? physicalName(resource, 512));
    const arn = await ensureSecret(resource, name, host);
    // GetAtt Id is the ARN as well.
    return { ref: arn, attributes: { Arn: arn, Id: arn }, start: () => goOn(arn, host) };
  },
};

/** Takes up a rotation that the last run left unfinished, and the rules that are kept with the secret. */
async function goOn(arn: string, host: Host): Promise<void> {
  const { rotating, rotation_rules } = (await host.store.durably((db) => findSecret(db, arn))) as SecretRow;
  if (rotation_rules !== null) await followRotation(host, arn, JSON.parse(rotation_rules));
  if (rotating !== null) void rotate(host, arn, rotating);
}

/** Makes the secret at its first start; later only a changed SecretString of the template makes a new version. */
function ensureSecret({ properties }: Resource, name: string, host: Host): Promise<string> {
  const nowMs = host.clock.now();
  const given = properties.SecretString === undefined ? null : String(properties.SecretString);
  return host.store.durably((db) => {
    const known = findSecret(db, name);
    if (known) {
      if (given !== null && given !== known.template_value) {
        putVersion(db, known.arn, { value: { SecretString: given }, nowMs });
        setColumns(db, known.arn, { template_value: given });
      }
      return known.arn;
    }
    // A secret without either property starts as CloudFormation makes it from an empty GenerateSecretString.
    const SecretString = given ?? generatedSecret(properties.GenerateSecretString ?? {});
    const description = properties.Description as string | undefined;
    const { arn } = createSecret(db, { name, value: { SecretString }, description, nowMs });
    setColumns(db, arn, { template_value: given });
    return arn;
  });
}

const rotationSchedule: ResourceFactory = {
  type: 'AWS::SecretsManager::RotationSchedule',
  create: async (resource, host) => {
    const { SecretId, RotationLambdaARN, RotationRules = {}, RotateImmediatelyOnUpdate = true } = resource.properties;
    if (!RotationLambdaARN)
      throw new Error(`RotationSchedule ${resource.logicalId}: only RotationLambdaARN is covered`);
    const found = await host.store.durably((db) => findSecret(db, String(SecretId)));
    if (!found) throw new Error(`RotationSchedule ${resource.logicalId}: no secret ${SecretId}`);
    const rules = RotationRules as RotationRules;
    const start = async () => {
      const isNews = await configureRotation(host, found.arn, String(RotationLambdaARN), rules);
      await followRotation(host, found.arn, rules);
      if (isNews && String(RotateImmediatelyOnUpdate) === 'true') {
        const token = await beginRotation(host, found.arn);
        void rotate(host, found.arn, token);
      }
    };
    return { ref: found.arn, attributes: { Id: found.arn }, start, stop: () => schedulesOf(host).close() };
  },
};

/** Who may read a secret is decided by the callers' roles alone. */
const resourcePolicy: ResourceFactory = {
  type: 'AWS::SecretsManager::ResourcePolicy',
  create: async (resource) => ({ ref: physicalName(resource) }),
};

export const service: Service = { factories: [secret, rotationSchedule, resourcePolicy], apis: [secretsApi] };
