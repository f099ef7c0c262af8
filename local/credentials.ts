// Access keys for the functions and roles of this runtime. They are derived from one secret of the data folder, so a
// presigned URL stays good over a restart.
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Caller } from './service.ts';

export type Credential = { accessKeyId: string; secretAccessKey: string; caller: Caller };

export interface Credentials {
  /** the same caller always gets the same keys; `name` tells callers apart, e.g. the function's ARN */
  issue(name: string, caller: Caller): Credential;
  find(accessKeyId: string): Credential | undefined;
}

export function openCredentials(dataDir: string): Credentials {
  const secret = instanceSecret(join(dataDir, 'instance-secret'));
  const issued = new Map<string, Credential>();
  const derive = (purpose: string, name: string) => createHmac('sha256', secret).update(`${purpose} ${name}`);
  return {
    issue(name, caller) {
      const accessKeyId = `ASIA${derive('id', name).digest('hex').slice(0, 16).toUpperCase()}`;
      const credential = { accessKeyId, secretAccessKey: derive('key', name).digest('base64'), caller };
      issued.set(accessKeyId, credential);
      return credential;
    },
    find: (accessKeyId) => issued.get(accessKeyId),
  };
}

function instanceSecret(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    const secret = randomBytes(32);
    writeFileSync(file, secret, { mode: 0o600, flag: 'wx' });
    return secret;
  }
}
