// ECDSA over P-256 for a digest that is made already, which node:crypto has no call for: it always hashes first.
// The secret multiplication on the curve is OpenSSL's (an ECDH key pair is one); the rest is arithmetic modulo n.
import { createECDH, type KeyObject, randomBytes } from 'node:crypto';

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The signature of a 32-byte digest, in DER form. */
export function signDigest(digest: Uint8Array, privateKey: KeyObject): Buffer {
  const secret = numberOf(Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'));
  for (;;) {
    const { nonce, x } = freshPoint();
    const r = x % ORDER;
    const s = modulo(inverse(nonce) * modulo(numberOf(digest) + r * secret));
    if (r !== 0n && s !== 0n) return sequence(integer(r), integer(s));
  }
}

/** A number used once, and where it leads on the curve. */
function freshPoint(): { nonce: bigint; x: bigint } {
  for (;;) {
    const bytes = randomBytes(32);
    const nonce = numberOf(bytes);
    if (nonce === 0n || nonce >= ORDER) continue;
    const curve = createECDH('prime256v1');
    curve.setPrivateKey(bytes);
    return { nonce, x: numberOf(curve.getPublicKey().subarray(1, 33)) };
  }
}

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const modulo = (value: bigint): bigint => ((value % ORDER) + ORDER) % ORDER;

/** By the extended Euclidean algorithm. */
function inverse(value: bigint): bigint {
  let [a, b, x, y] = [modulo(value), ORDER, 1n, 0n];
  while (a > 1n) {
    const quotient = a / b;
    [a, b] = [b, a % b];
    [x, y] = [y, x - quotient * y];
  }
  return modulo(x);
}

function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  // DER numbers have a sign: a leading one would make it negative.
  const unsigned = (bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([2, unsigned.length]), unsigned]);
}

function sequence(...members: Buffer[]): Buffer {
  const content = Buffer.concat(members);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}
