// Signatures by the stack's signing key in KMS: what is signed here can be checked with the public key alone, by anybody.
import { createHash } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';

/** `signature` is base64 of the DER form, as openssl and node:crypto read it. */
export type Signature = { keyId: string; algorithm: 'ECDSA_SHA_256'; signature: string };

export type Signer = {
  /** signs SHA-256 of these bytes */
  sign(bytes: Uint8Array): Promise<Signature>;
  publicKeyPem(): Promise<string>;
};

const ALGORITHM = 'ECDSA_SHA_256';

/** The digest is made here, so that a document of any length can be signed: KMS takes 4 KB. */
export function signerOn(keyId: string, client: Pick<KMSClient, 'send'> = new KMSClient()): Signer {
  let pem: Promise<string> | undefined;
  const ask = async (): Promise<string> => {
    const { PublicKey = new Uint8Array() } = await client.send(new GetPublicKeyCommand({ KeyId: keyId }));
    return pemOf(PublicKey);
  };
  return {
    sign: async (bytes) => {
      const Message = createHash('sha256').update(bytes).digest();
      const asked = new SignCommand({ KeyId: keyId, Message, MessageType: 'DIGEST', SigningAlgorithm: ALGORITHM });
      const { KeyId = keyId, Signature = new Uint8Array() } = await client.send(asked);
      return { keyId: KeyId, algorithm: ALGORITHM, signature: Buffer.from(Signature).toString('base64') };
    },
    // The key never changes: asked for once while the function is warm, and again only when that failed.
    publicKeyPem: () => {
      pem ??= ask().catch((error) => {
        pem = undefined;
        throw error;
      });
      return pem;
    },
  };
}

function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`;
}
