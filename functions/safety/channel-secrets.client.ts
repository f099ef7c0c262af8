// Reads the secret of the channels from Secrets Manager, at most once a minute.
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type ChannelSecrets, parseChannelSecrets } from './channel-secrets.ts';

const REMEMBERED_MS = 60_000;

export function channelSecretsIn(
  client: SecretsManagerClient,
  secretId: string,
  now: () => Date,
): () => Promise<ChannelSecrets> {
  let remembered: { secrets: ChannelSecrets; atMs: number } | undefined;
  return async () => {
    const nowMs = now().getTime();
    if (!remembered || nowMs - remembered.atMs > REMEMBERED_MS) {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
      remembered = { secrets: parseChannelSecrets(SecretString ?? ''), atMs: nowMs };
    }
    return remembered.secrets;
  };
}
