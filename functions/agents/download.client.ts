// Fetches uploaded data over its presigned address; the address is the only permission an agent ever gets.
import { PermanentTaskError, TransientTaskError } from './errors.ts';

export type Download = (url: string, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

/** The bytes as they arrive. Throws PermanentTaskError when the data is gone, TransientTaskError for everything else. */
export const download: Download = async (url, signal) => {
  const response = await fetch(url, { signal }).catch((error: Error) => {
    throw new TransientTaskError(`The download did not begin: ${error.message}`);
  });
  // Who may get objects but not list them is told 403 by S3 where an object is missing, not 404.
  if (response.status === 404 || response.status === 403)
    throw new PermanentTaskError(`the uploaded data is not there any more, or never was (${response.status})`);
  if (!response.ok || !response.body)
    throw new TransientTaskError(`The download was answered with status ${response.status}`);
  return retriable(response.body);
};

/** A connection that breaks halfway is worth another attempt. */
async function* retriable(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new TransientTaskError(`The download broke off: ${(error as Error).message}`);
  }
}
