// The key that wraps the keys of persons, derived from a secret that nobody but this function reads.
import { hkdfSync, randomBytes } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { KEY_BYTES, NONCE_BYTES, seal, unseal } from './personal-token.ts';

export type KeyWrap = {
  wrap(key: Uint8Array, about: string): Promise<string>;
  /** nothing when it was wrapped under another secret */
  unwrap(wrapped: string, about: string): Promise<Uint8Array | undefined>;
};

/** Asked for once while the function is warm, and again only when that failed. */
export function masterKeyIn(
  secretId: string,
  client: Pick<SecretsManagerClient, 'send'> = new SecretsManagerClient(),
): KeyWrap {
  let known: Promise<Uint8Array> | undefined;
  const ask = async (): Promise<Uint8Array> => {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (SecretString.length < 43) throw new Error('The master secret of privacy is too short for a key of 256 bits');
    return new Uint8Array(hkdfSync('sha256', SecretString, 'lazyark', 'wraps keys of persons v1', KEY_BYTES));
  };
  const master = (): Promise<Uint8Array> => {
    known ??= ask().catch((error) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return {
    wrap: async (key, about) =>
      seal(Buffer.from(key).toString('base64url'), await master(), about, randomBytes(NONCE_BYTES)),
    unwrap: async (wrapped, about) => {
      const text = unseal(wrapped, await master(), about);
      return text === undefined ? undefined : Buffer.from(text, 'base64url');
    },
  };
}
