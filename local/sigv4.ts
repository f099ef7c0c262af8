// Checks the AWS signature (version 4) of a request, in the Authorization header or in a presigned URL.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ApiError, type ApiRequest } from './service.ts';

/** What a request says about its signer, before anything of it is believed. */
export type Claim = {
  accessKeyId: string;
  /** date/region/service/aws4_request */
  scope: string;
  service: string;
  signedHeaders: string[];
  signature: string;
  /** as signed: YYYYMMDDTHHMMSSZ */
  date: string;
  presigned: boolean;
  /** seconds a presigned URL is good for */
  expiresSeconds?: number;
};

/** The claim of a request, or undefined when it is not signed at all. */
export function readClaim(request: ApiRequest): Claim | undefined {
  const header = request.headers.authorization;
  const { query } = request;
  if (header?.startsWith('AWS4-HMAC-SHA256 ')) {
    const part = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1] ?? '';
    const date = request.headers['x-amz-date'] ?? '';
    return claim(part('Credential'), part('SignedHeaders'), part('Signature'), date, false);
  }
  if (!query.has('X-Amz-Credential')) return undefined;
  const value = (name: string) => query.get(`X-Amz-${name}`) ?? '';
  return {
    ...claim(value('Credential'), value('SignedHeaders'), value('Signature'), value('Date'), true),
    expiresSeconds: Number(value('Expires')),
  };
}

function claim(credential: string, signedHeaders: string, signature: string, date: string, presigned: boolean): Claim {
  const [accessKeyId = '', ...scope] = credential.split('/');
  const service = scope[2] ?? '';
  return {
    accessKeyId,
    scope: scope.join('/'),
    service,
    signedHeaders: signedHeaders.split(';'),
    signature,
    date,
    presigned,
  };
}

/** Throws an ApiError unless the claim's signature was made with `secretAccessKey` over this very request. */
export function verifySignature(request: ApiRequest, claimed: Claim, secretAccessKey: string, nowMs: number): void {
  const text = ['AWS4-HMAC-SHA256', claimed.date, claimed.scope, sha256(canonicalRequest(request, claimed))].join('\n');
  const expected = hmac(signingKey(secretAccessKey, claimed.scope), text).toString('hex');
  const matches =
    expected.length === claimed.signature.length &&
    timingSafeEqual(Buffer.from(expected), Buffer.from(claimed.signature));
  if (!matches) {
    const message = 'The request signature we calculated does not match the signature you provided.';
    throw new ApiError(403, 'SignatureDoesNotMatch', message);
  }
  if (claimed.presigned && nowMs > dateMs(claimed.date) + (claimed.expiresSeconds ?? 0) * 1000) {
    throw new ApiError(403, 'AccessDenied', 'Request has expired');
  }
}

function canonicalRequest({ method, path, query, headers, body }: ApiRequest, claimed: Claim): string {
  const uri = claimed.service === 's3' ? path : uriEncode(path).replaceAll('%2F', '/');
  const parameters = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
    .sort();
  const lines = claimed.signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/\s+/g, ' ')}`);
  const payload = headers['x-amz-content-sha256'] ?? (claimed.presigned ? 'UNSIGNED-PAYLOAD' : sha256(body));
  return [method, uri, parameters.join('&'), ...lines, '', claimed.signedHeaders.join(';'), payload].join('\n');
}

const keys = new Map<string, Buffer>();

// The key depends on the day and the service only: four HMACs saved for each further request.
function signingKey(secretAccessKey: string, scope: string): Buffer {
  const id = `${secretAccessKey} ${scope}`;
  const known = keys.get(id);
  if (known) return known;
  if (keys.size > 1000) keys.clear();
  const key = scope.split('/').reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`));
  keys.set(id, key);
  return key;
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const uriEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

function dateMs(date: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}
