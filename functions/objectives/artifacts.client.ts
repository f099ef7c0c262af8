// Files that are too large for a request: uploaded and fetched by presigned addresses, so agents need no permissions.
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Artifacts } from './artifact.ts';
import { mediaTypeOf } from './known-input.ts';

const UPLOAD_SECONDS = 15 * 60;
const FETCH_SECONDS = 60 * 60;

/** `bucket` holds one object per artifact id. */
export function artifactsIn(bucket: string, client = signer()): Artifacts {
  const fetchUrl = (artifactId: string) =>
    getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: artifactId }), { expiresIn: FETCH_SECONDS });
  return {
    uploadUrl: (artifactId, mediaType, bytes) =>
      getSignedUrl(
        client,
        new PutObjectCommand({ Bucket: bucket, Key: artifactId, ContentType: mediaType, ContentLength: bytes }),
        { expiresIn: UPLOAD_SECONDS },
      ),
    inputsOf: (inputs) =>
      Promise.all(
        inputs.map(async ({ name, mediaType, content, artifactId }) => ({
          name,
          mediaType: mediaTypeOf({ name, mediaType, content }),
          ...(artifactId ? { url: await fetchUrl(artifactId) } : { content: content ?? '' }),
        })),
      ),
  };
}

/** By default the SDK signs the digest of an empty body into an upload's address, which then refuses every file. */
function signer(): S3Client {
  return new S3Client({ forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' });
}
