// The secret of the channels in Secrets Manager: read anew for each delivery, written by who sets it.
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type ChannelSecrets, parseChannelSecrets } from './channel-secrets.ts';

/** Deliveries are few, so nothing is remembered: a number that was mended is used at once. */
export const channelSecretsIn =
  (client: SecretsManagerClient, secretId: string) => async (): Promise<ChannelSecrets> => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    return parseChannelSecrets(SecretString ?? '');
  };

export const channelsInto =
  (client: SecretsManagerClient, secretId: string) =>
  async (secret: string): Promise<void> => {
    await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: secret }));
  };
