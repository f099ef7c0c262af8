// The body of an upload as it was meant: without the SDK's chunk framing, and checked against every digest sent along.
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ApiError, type ApiRequest } from '../../service.ts';

const OBJECT_BYTES_MAX = 100 * 1024 * 1024;

type Fields = Record<string, string>;

/** The object's bytes. Throws EntityTooLarge over 100 MB, and BadDigest when a digest does not fit. */
export function uploadedBody(request: ApiRequest): Buffer {
  const { headers, query } = request;
  const sha256 = headers['x-amz-content-sha256'] ?? '';
  const { body, trailer } = sha256.startsWith('STREAMING-')
    ? unchunk(request.body)
    : { body: request.body, trailer: {} };
  if (body.length > OBJECT_BYTES_MAX) {
    throw new ApiError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size of 100 MB.');
  }
  if (/^[0-9a-f]{64}$/.test(sha256)) check('XAmzContentSHA256Mismatch', sha256, digest('sha256', body).toString('hex'));
  // a presigned URL carries as query parameters what would be headers otherwise
  const hoisted = Object.fromEntries([...query].map(([name, value]) => [name.toLowerCase(), value]));
  checkDigests({ ...hoisted, ...headers, ...trailer }, body);
  return body;
}

function checkDigests(sent: Fields, body: Buffer): void {
  const digests: [name: string, of: () => Buffer][] = [
    ['content-md5', () => digest('md5', body)],
    ['x-amz-checksum-sha256', () => digest('sha256', body)],
    ['x-amz-checksum-sha1', () => digest('sha1', body)],
    ['x-amz-checksum-crc32', () => uint32(crc32(body))],
  ];
  for (const [name, of] of digests) {
    if (sent[name] !== undefined) check('BadDigest', sent[name], of().toString('base64'));
  }
}

function check(code: string, sent: string, computed: string): void {
  if (sent !== computed)
    throw new ApiError(400, code, `The digest you specified (${sent}) did not match what was received.`);
}

function digest(algorithm: string, body: Buffer): Buffer {
  return createHash(algorithm).update(body).digest();
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** aws-chunked: `<hex size>[;signature]\r\n<bytes>\r\n`, ended by size 0 and trailing headers. */
function unchunk(framed: Buffer): { body: Buffer; trailer: Fields } {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = framed.indexOf('\r\n', at);
    const size = Number.parseInt(framed.toString('latin1', at, lineEnd), 16);
    const from = lineEnd + 2;
    if (lineEnd < 0 || Number.isNaN(size) || from + size > framed.length) throw incomplete();
    if (size === 0) return { body: Buffer.concat(parts), trailer: readTrailer(framed.toString('latin1', from)) };
    parts.push(framed.subarray(from, from + size));
    at = from + size + 2;
  }
}

function readTrailer(text: string): Fields {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

function incomplete(): ApiError {
  return new ApiError(400, 'IncompleteBody', 'The request body terminated unexpectedly.');
}
