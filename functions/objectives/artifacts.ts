// Files that are too large for a request: uploaded and fetched by presigned addresses, so agents need no permissions.
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { AgentCall } from '../common/agent-call.ts';
import type { ObjectiveInput } from './objective.ts';

export const ARTIFACT_BYTES_MAX = 100 * 1024 * 1024;
const UPLOAD_SECONDS = 15 * 60;
const FETCH_SECONDS = 60 * 60;

export type Artifacts = {
  uploadUrl(artifactId: string, mediaType: string, bytes: number): Promise<string>;
  inputsOf(inputs: readonly ObjectiveInput[]): Promise<AgentCall['inputs']>;
};

/** `bucket` holds one object per artifact id. */
export function artifactsIn(bucket: string, client = new S3Client({ forcePathStyle: true })): Artifacts {
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
        inputs.map(async ({ name, mediaType = 'text/plain', content, artifactId }) => ({
          name,
          mediaType,
          ...(artifactId ? { url: await fetchUrl(artifactId) } : { content: content ?? '' }),
        })),
      ),
  };
}
