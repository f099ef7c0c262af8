// The catalogue of credentials and where their secrets are: a name without a secret is a fault of the deployment.
import { readConfig } from '../common/config.ts';
import { Catalogue, type Credential } from './credential.ts';

/** What the configuration and the deployment do not agree on. */
export class UnknownCredential extends Error {
  override name = 'UnknownCredential';
}

export function catalogueOf(secrets: Readonly<Record<string, string>>): Credential[] {
  const catalogue = readConfig('credentials.yaml', Catalogue);
  for (const { name } of catalogue) secretIdIn(secrets)(name);
  return catalogue;
}

export const secretIdIn =
  (secrets: Readonly<Record<string, string>>) =>
  (name: string): string => {
    const secretId = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (!secretId) throw new UnknownCredential(`${name} of config/credentials.yaml has no secret in the stack`);
    return secretId;
  };
