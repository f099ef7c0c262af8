// The values of credentials in Secrets Manager: the current one stays current until its successor was seen to work.
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { OAuthSecret } from './oauth.client.ts';

export type Version = { versionId: string; value: OAuthSecret };
export type CredentialSecrets = {
  read(secretId: string): Promise<{ current: Version; pending?: Version }>;
  /** kept, but not yet current; the same id again changes nothing */
  keep(secretId: string, versionId: string, value: OAuthSecret): Promise<void>;
  makeCurrent(secretId: string, versionId: string, before: string): Promise<void>;
  /** when the value was last replaced */
  rotatedAt(secretId: string): Promise<string | undefined>;
};

/** A credential's secret is not what the catalogue says that it is. The message holds nothing of its value. */
export class UnusableSecret extends Error {
  override name = 'UnusableSecret';
}

export function credentialSecretsIn(client: SecretsManagerClient): CredentialSecrets {
  const version = async (SecretId: string, VersionStage: string): Promise<Version> => {
    const { SecretString = '', VersionId = '' } = await client.send(
      new GetSecretValueCommand({ SecretId, VersionStage }),
    );
    return { versionId: VersionId, value: secretIn(SecretString) };
  };
  return {
    read: async (secretId) => {
      const current = await version(secretId, 'AWSCURRENT');
      const pending = await version(secretId, 'AWSPENDING').catch(ignoreMissing);
      return { current, ...(pending && pending.versionId !== current.versionId && { pending }) };
    },
    keep: async (SecretId, ClientRequestToken, value) => {
      const SecretString = JSON.stringify(value);
      const VersionStages = ['AWSPENDING'];
      await client.send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, VersionStages }));
    },
    makeCurrent: async (SecretId, MoveToVersionId, RemoveFromVersionId) => {
      const VersionStage = 'AWSCURRENT';
      await client.send(
        new UpdateSecretVersionStageCommand({ SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId }),
      );
    },
    rotatedAt: async (SecretId) => {
      const { LastRotatedDate, LastChangedDate, CreatedDate } = await client.send(
        new DescribeSecretCommand({ SecretId }),
      );
      return (LastRotatedDate ?? LastChangedDate ?? CreatedDate)?.toISOString();
    },
  };
}

/** Starts a rotation that the secret has a schedule for. */
export const rotationsOn =
  (client: SecretsManagerClient) =>
  async (SecretId: string): Promise<'started' | 'not_rotatable'> => {
    try {
      await client.send(new RotateSecretCommand({ SecretId }));
      return 'started';
    } catch (error) {
      if ((error as Error).name === 'InvalidRequestException') return 'not_rotatable';
      throw error;
    }
  };

function secretIn(text: string): OAuthSecret {
  try {
    return OAuthSecret.parse(JSON.parse(text));
  } catch {
    throw new UnusableSecret('The secret is to be JSON with clientId and clientSecret');
  }
}

function ignoreMissing(error: Error): undefined {
  if (error.name !== 'ResourceNotFoundException') throw error;
}
