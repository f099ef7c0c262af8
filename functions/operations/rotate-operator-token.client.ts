// The four steps of a rotation in Secrets Manager. Each may come twice.
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';

export const RotationStep = z.object({
  SecretId: z.string(),
  ClientRequestToken: z.string(),
  Step: z.enum(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
});
export type RotationStep = z.infer<typeof RotationStep>;

/** The new version is not usable: the rotation stops and the old token stays current. */
export class UnusableToken extends Error {
  override name = 'UnusableToken';
}

/** setSecret has nothing to do: the token is only kept here, and the authorizer reads it from here. */
export async function rotateOperatorToken(
  step: RotationStep,
  client: SecretsManagerClient,
  make: () => string,
): Promise<void> {
  if (step.Step === 'createSecret') await createPending(step, client, make);
  if (step.Step === 'testSecret') await testPending(step, client);
  if (step.Step === 'finishSecret') await makeCurrent(step, client);
}

async function createPending(
  { SecretId, ClientRequestToken }: RotationStep,
  client: SecretsManagerClient,
  make: () => string,
) {
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
  const pendingHasValue = VersionIdsToStages[ClientRequestToken]?.includes('AWSPENDING')
    ? await client
        .send(new GetSecretValueCommand({ SecretId, VersionId: ClientRequestToken, VersionStage: 'AWSPENDING' }))
        .catch(() => undefined)
    : undefined;
  if (pendingHasValue?.SecretString) return;
  await client.send(
    new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString: make(), VersionStages: ['AWSPENDING'] }),
  );
}

async function testPending({ SecretId, ClientRequestToken }: RotationStep, client: SecretsManagerClient) {
  const { SecretString } = await client.send(
    new GetSecretValueCommand({ SecretId, VersionId: ClientRequestToken, VersionStage: 'AWSPENDING' }),
  );
  if (!SecretString || SecretString.length < 32) throw new UnusableToken('The new token is missing or too short');
}

async function makeCurrent({ SecretId, ClientRequestToken }: RotationStep, client: SecretsManagerClient) {
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
  const current = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT'))?.[0];
  if (current === ClientRequestToken) return;
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: ClientRequestToken,
      RemoveFromVersionId: current,
    }),
  );
}
