// Private keys of the template's signing keys: made once, one file each in the data folder that only its owner reads.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** The key of this name, made at the first call. A file that is no private key is an error, never replaced. */
export function keyIn(dataDir: string, name: string): KeyObject {
  const folder = join(dataDir, 'kms');
  const file = join(folder, `${name}.pem`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const text = read(file) ?? made(folder, file);
  chmodSync(file, 0o600);
  return createPrivateKey(text);
}

/** On disk as a whole under its name, or not at all: half a key would lock out every later start. */
function made(folder: string, file: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const draft = `${file}.new`;
  rmSync(draft, { force: true });
  flushed(openSync(draft, 'wx', 0o600), (handle) => writeFileSync(handle, text));
  linkSync(draft, file);
  rmSync(draft);
  flushed(openSync(folder, 'r'), () => {});
  return text;
}

function flushed(handle: number, write: (handle: number) => void): void {
  try {
    write(handle);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
