// The tree over a lane as RFC 9162 defines it, with the browser's own SHA-256. Hashes are hex.

const text = new TextEncoder();
const oneByte = (value: number): Uint8Array => Uint8Array.of(value);

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
export const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
export const bytesOfText = (value: string): Uint8Array<ArrayBuffer> => text.encode(value);

const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, n) => Number.parseInt(hex.slice(2 * n, 2 * n + 2), 16));

export async function sha256(...parts: (string | Uint8Array)[]): Promise<string> {
  const blocks = parts.map((part) => (typeof part === 'string' ? bytesOfText(part) : part));
  const whole = new Uint8Array(blocks.reduce((length, block) => length + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    whole.set(block, at);
    at += block.length;
  }
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', whole)));
}

export const leafHash = (leaf: string): Promise<string> => sha256(oneByte(0), leaf);
const nodeHash = (left: string, right: string): Promise<string> =>
  sha256(oneByte(1), bytesOfHex(left), bytesOfHex(right));

/** RFC 9162, 2.1.3.2: the root that follows from a leaf's hash, its place and its path; undefined when they do not fit. */
export async function rootFromPath(
  leaf: string,
  index: number,
  size: number,
  path: readonly string[],
): Promise<string | undefined> {
  let [place, last, found] = [index, size - 1, leaf];
  if (place > last) return undefined;
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (place % 2 === 1 || place === last) {
      found = await nodeHash(sibling, found);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else found = await nodeHash(found, sibling);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 ? found : undefined;
}

/** The root over a few leaves. */
export async function rootOver(leaves: readonly string[]): Promise<string> {
  if (leaves.length === 0) return sha256('');
  if (leaves.length === 1) return leafHash(leaves[0] ?? '');
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return nodeHash(await rootOver(leaves.slice(0, split)), await rootOver(leaves.slice(split)));
}
