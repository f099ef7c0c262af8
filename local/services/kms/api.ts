// The KMS API (JSON 1.1) for signing keys: Sign, Verify, GetPublicKey, DescribeKey. Anything else is refused by name.
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import * as z from 'zod';
import { ApiError, type ApiService, arnOf, type Host } from '../../service.ts';
import { type Call, jsonApi, type Operation, operation } from '../json-api.ts';
import { signDigest } from './ecdsa.ts';

export type SigningKey = { id: string; arn: string; description: string; enabled: boolean; privateKey: KeyObject };
export type Keys = Map<string, SigningKey>;

const DIGEST_BYTES = 32;
const Bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));
const KeyId = z.string().min(1).max(2_048);
const Message = {
  KeyId,
  Message: Bytes.refine(({ length }) => length >= 1 && length <= 4_096, 'must have length 1 to 4096'),
  MessageType: z.enum(['RAW', 'DIGEST']).default('RAW'),
  SigningAlgorithm: z.literal('ECDSA_SHA_256'),
};

/** The API over the keys of a host. A key is named by its id or its ARN; aliases are not covered. */
export function kmsApi(keysOf: (host: Host) => Keys): ApiService {
  const keyFor = (id: string, action: string, { caller, host }: Call): SigningKey => {
    const named = id.startsWith('arn:') ? id : arnOf('kms', `key/${id}`);
    host.authorize(caller, `kms:${action}`, named);
    const key = [...keysOf(host).values()].find(({ arn }) => arn === named);
    if (!key) throw new ApiError(400, 'NotFoundException', `Key '${named}' does not exist`);
    if (!key.enabled && action !== 'DescribeKey')
      throw new ApiError(400, 'DisabledException', `${key.arn} is disabled.`);
    return key;
  };

  const Sign = operation(z.object(Message), (asked, call) => {
    const { arn, privateKey } = keyFor(asked.KeyId, 'Sign', call);
    const signature = isDigest(asked)
      ? signDigest(asked.Message, privateKey)
      : sign('sha256', asked.Message, privateKey);
    return { KeyId: arn, Signature: signature.toString('base64'), SigningAlgorithm: asked.SigningAlgorithm };
  });

  const Verify = operation(z.object({ ...Message, Signature: Bytes }), (asked, call) => {
    const { arn, privateKey } = keyFor(asked.KeyId, 'Verify', call);
    if (isDigest(asked)) throw notCovered('kms:Verify with MessageType DIGEST');
    if (!verify('sha256', asked.Message, createPublicKey(privateKey), asked.Signature))
      throw new ApiError(400, 'KMSInvalidSignatureException', 'The signature does not fit the message.');
    return { KeyId: arn, SignatureValid: true, SigningAlgorithm: asked.SigningAlgorithm };
  });

  const GetPublicKey = operation(z.object({ KeyId }), (asked, call) => {
    const { arn, privateKey } = keyFor(asked.KeyId, 'GetPublicKey', call);
    const der = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
    return { KeyId: arn, PublicKey: der.toString('base64'), ...KIND };
  });

  const DescribeKey = operation(z.object({ KeyId }), (asked, call) => {
    const { id, arn, description, enabled } = keyFor(asked.KeyId, 'DescribeKey', call);
    const state = { Enabled: enabled, KeyState: enabled ? 'Enabled' : 'Disabled' };
    return { KeyMetadata: { KeyId: id, Arn: arn, Description: description, Origin: 'AWS_KMS', ...state, ...KIND } };
  });

  const operations: Record<string, Operation> = { Sign, Verify, GetPublicKey, DescribeKey };
  return jsonApi('kms', '1.1', operations);
}

const KIND = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: ['ECDSA_SHA_256'] };

function isDigest({ MessageType, Message: { length } }: { MessageType: string; Message: Buffer }): boolean {
  if (MessageType === 'DIGEST' && length !== DIGEST_BYTES)
    throw new ApiError(400, 'ValidationException', `Digest is invalid length for algorithm ECDSA_SHA_256: ${length}`);
  return MessageType === 'DIGEST';
}

const notCovered = (what: string) =>
  new ApiError(400, 'UnknownOperationException', `The embedded runtime does not cover ${what}`);
