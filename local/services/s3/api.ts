// The S3 operations that the runtime covers, path style: /bucket/key. Signatures, presigned ones included, are checked
// by the endpoint before a request comes here.
import { ApiError, type ApiRequest, type ApiResponse, type ApiService, type Caller, type Host } from '../../service.ts';
import type { BucketStore, ObjectFacts } from './bucket-store.ts';
import { type CorsRule, preflightAnswer, readableBy } from './cors.ts';
import { listObjects } from './listing.ts';
import { refuseLockHeaders } from './object-lock.ts';
import { rangeOf } from './range.ts';
import { uploadedBody } from './upload.ts';
import { xmlDocument } from './xml.ts';

export type Buckets = { names: Set<string>; cors: Map<string, CorsRule[]>; store: BucketStore };
type Call = {
  request: ApiRequest;
  bucket: string;
  key: string;
  buckets: Buckets;
  allow(action: string, resource?: string): void;
};

/** Query parameters that change nothing about what is asked for; any other one is another operation. */
const HARMLESS =
  /^(x-id|x-amz-.*|response-.*|list-type|prefix|max-keys|continuation-token|start-after|encoding-type|fetch-owner|versionId)$/i;
/** Headers that an object keeps and gives back. */
const KEPT =
  /^(content-type|content-encoding|content-disposition|content-language|cache-control|expires|x-amz-meta-.+)$/;

/** The API over the buckets of a host. */
export function s3Api(bucketsOf: (host: Host) => Buckets): ApiService {
  return {
    name: 's3',
    async handle(request, caller, host) {
      const { bucket, key } = placeOf(request.path);
      const buckets = bucketsOf(host);
      const allow = allowFor(caller, host, `arn:aws:s3:::${bucket}`);
      const call: Call = {
        request,
        bucket,
        key,
        buckets,
        allow: (action, resource) => allow(action, resource ?? `/${key}`),
      };
      const work = operationOf(request, key);
      if (!work)
        throw new ApiError(501, 'NotImplemented', `The embedded runtime does not cover s3:${describe(request)}`);
      if (!buckets.names.has(bucket)) throw new ApiError(404, 'NoSuchBucket', 'The specified bucket does not exist');
      return readableBy(await work(call), buckets.cors.get(bucket) ?? [], request);
    },
    preflight: (request, host) =>
      preflightAnswer(bucketsOf(host).cors.get(placeOf(request.path).bucket) ?? [], request),
    renderError: ({ status, code, message }) => ({
      status,
      headers: { 'content-type': 'application/xml' },
      body: xmlDocument('Error', { Code: code === 'AccessDeniedException' ? 'AccessDenied' : code, Message: message }),
    }),
  };
}

function operationOf(
  { method, query, headers }: ApiRequest,
  key: string,
): ((call: Call) => Promise<ApiResponse>) | undefined {
  if ([...query.keys()].some((name) => !HARMLESS.test(name)) || 'x-amz-copy-source' in headers) return undefined;
  if (key === '') {
    if (method === 'HEAD') return headBucket;
    return method === 'GET' && query.get('list-type') === '2' ? listBucket : undefined;
  }
  if (query.has('versionId')) return { GET: getObject, DELETE: deleteVersion }[method];
  return { GET: getObject, HEAD: headObject, PUT: putObject, DELETE: deleteObject }[method];
}

async function getObject(call: Call): Promise<ApiResponse> {
  const { request, bucket, key, buckets } = call;
  const version = versionIn(call);
  call.allow(version === undefined ? 'GetObject' : 'GetObjectVersion');
  const found =
    version === undefined
      ? await buckets.store.read(bucket, key)
      : await buckets.store.readVersion(bucket, key, version);
  if (!found) throw missing(call);
  const { facts, body } = found;
  const headers = { ...headersOf(facts), ...overrides(request.query) };
  if (request.headers['if-none-match'] === `"${facts.etag}"`) return { status: 304, headers, body: '' };
  const range = rangeOf(request.headers.range, body.length);
  if (!range) return { status: 200, headers, body };
  const contentRange = `bytes ${range.from}-${range.to}/${body.length}`;
  return {
    status: 206,
    headers: { ...headers, 'content-range': contentRange },
    body: body.subarray(range.from, range.to + 1),
  };
}

async function headObject(call: Call): Promise<ApiResponse> {
  call.allow('GetObject');
  const facts = await call.buckets.store.find(call.bucket, call.key);
  if (!facts) throw missing(call);
  return { status: 200, headers: { ...headersOf(facts), 'content-length': String(facts.sizeBytes) }, body: '' };
}

/** Only a bucket with Object Lock keeps versions here. */
function versionIn({ request, bucket, buckets }: Call): string | undefined {
  const version = request.query.get('versionId') ?? undefined;
  if (version === undefined || buckets.store.isLocked(bucket)) return version;
  throw new ApiError(501, 'NotImplemented', 'The embedded runtime keeps versions in buckets with Object Lock only');
}

async function deleteVersion(call: Call): Promise<ApiResponse> {
  call.allow('DeleteObjectVersion');
  refuseLockHeaders(call.request);
  await call.buckets.store.removeVersion(call.bucket, call.key, versionIn(call) ?? '');
  return { status: 204, body: '' };
}

async function putObject({ request, bucket, key, buckets, allow }: Call): Promise<ApiResponse> {
  allow('PutObject');
  refuseLockHeaders(request);
  if (Buffer.byteLength(key) > 1024) throw new ApiError(400, 'KeyTooLongError', 'Your key is too long');
  const kept = Object.entries(request.headers).filter(([name]) => KEPT.test(name));
  const headers = Object.fromEntries(kept.map(([name, value]) => [name, value.replace(/^aws-chunked,?\s*/, '')]));
  const onlyNew = request.headers['if-none-match'] === '*';
  const facts = await buckets.store.put(bucket, key, uploadedBody(request), headers, onlyNew);
  if (!facts)
    throw new ApiError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  return { status: 200, headers: { etag: `"${facts.etag}"`, ...versionHeader(facts) }, body: '' };
}

async function deleteObject({ request, bucket, key, buckets, allow }: Call): Promise<ApiResponse> {
  allow('DeleteObject');
  refuseLockHeaders(request);
  await buckets.store.remove(bucket, key);
  return { status: 204, body: '' };
}

async function headBucket({ allow }: Call): Promise<ApiResponse> {
  allow('ListBucket', '');
  return { status: 200, body: '' };
}

async function listBucket({ request, bucket, buckets, allow }: Call): Promise<ApiResponse> {
  allow('ListBucket', '');
  const body = await listObjects(buckets.store, bucket, request.query);
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

/** As on S3, only who may list a bucket is told that an object is not there. */
function missing({ allow }: Call): ApiError {
  allow('ListBucket', '');
  return new ApiError(404, 'NoSuchKey', 'The specified key does not exist.');
}

function allowFor(caller: Caller, host: Host, bucketArn: string) {
  return (action: string, resource: string) => host.authorize(caller, `s3:${action}`, `${bucketArn}${resource}`);
}

function placeOf(path: string): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) };
  } catch {
    throw new ApiError(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}

function headersOf(facts: ObjectFacts): Record<string, string> {
  return {
    'content-type': 'binary/octet-stream',
    ...facts.headers,
    etag: `"${facts.etag}"`,
    'last-modified': new Date(facts.modifiedMs).toUTCString(),
    'accept-ranges': 'bytes',
    ...versionHeader(facts),
  };
}

const versionHeader = ({ version }: ObjectFacts): Record<string, string> =>
  version === undefined ? {} : { 'x-amz-version-id': version };

/** response-content-disposition=… of a presigned URL becomes content-disposition. */
function overrides(query: URLSearchParams): Record<string, string> {
  const named = [...query].filter(([name]) => name.startsWith('response-'));
  return Object.fromEntries(named.map(([name, value]) => [name.slice('response-'.length), value]));
}

function describe({ method, path, query, headers }: ApiRequest): string {
  if ('x-amz-copy-source' in headers) return 'CopyObject';
  return (
    query.get('x-id') ?? `${method} ${path}?${[...query.keys()].filter((name) => !/^x-amz-/i.test(name)).join('&')}`
  );
}
