// The operator's token in Secrets Manager: the current one, and the previous one until its successor is known everywhere.
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const REMEMBERED_MS = 60_000;

/** Reads both versions at most once a minute. A missing previous version is normal before the first rotation. */
export function operatorTokensIn(
  client: SecretsManagerClient,
  secretId: string,
  now: () => Date,
): () => Promise<string[]> {
  let remembered: { tokens: string[]; atMs: number } | undefined;
  return async () => {
    const nowMs = now().getTime();
    if (!remembered || nowMs - remembered.atMs > REMEMBERED_MS) {
      const current = await read(client, secretId, 'AWSCURRENT');
      const previous = await read(client, secretId, 'AWSPREVIOUS').catch(() => undefined);
      remembered = { tokens: [current, previous].filter((token) => token !== undefined), atMs: nowMs };
    }
    return remembered.tokens;
  };
}

async function read(client: SecretsManagerClient, SecretId: string, VersionStage: string): Promise<string | undefined> {
  return (await client.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;
}
