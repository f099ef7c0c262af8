// Keys and signatures as they are exported (PEM, DER, base64), read strictly into what WebCrypto takes.

/** Bytes of base64 text; undefined when it is not written exactly as an encoder writes it. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text);
    return btoa(binary) === text ? Uint8Array.from(binary, (letter) => letter.charCodeAt(0)) : undefined;
  } catch {
    return undefined;
  }
}

/** The DER form within a PEM public key. */
export function derOfPem(pem: string): Uint8Array<ArrayBuffer> | undefined {
  const inner = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)-----END PUBLIC KEY-----\n$/.exec(pem)?.[1];
  return inner === undefined ? undefined : bytesOfBase64(inner.replaceAll('\n', ''));
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const half = 32;

/** An ECDSA P-256 signature as r and s side by side, 32 bytes each; undefined when it is no DER form of two numbers. */
export function rawOfDerSignature(der: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2 || der[1] > 127) return undefined;
  const r = integerAt(der, 2);
  const s = r && integerAt(der, r.end);
  if (!r || !s || s.end !== der.length) return undefined;
  const raw = new Uint8Array(2 * half);
  raw.set(r.bytes, half - r.bytes.length);
  raw.set(s.bytes, 2 * half - s.bytes.length);
  return raw;
}

/** A positive number in its shortest form; the zero before a first bit of one is taken away. */
function integerAt(der: Uint8Array, at: number): { bytes: Uint8Array; end: number } | undefined {
  const length = der[at + 1] ?? 0;
  const end = at + 2 + length;
  if (der[at] !== INTEGER || length < 1 || length > half + 1 || end > der.length) return undefined;
  const [first = 0, second = 0] = [der[at + 2], der[at + 3]];
  const padded = first === 0 && length > 1;
  if (first > 127 || (padded && second < 128) || (length > half && !padded)) return undefined;
  return { bytes: der.subarray(at + 2 + (padded ? 1 : 0), end), end };
}
