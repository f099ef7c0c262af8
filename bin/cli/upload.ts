// Sends a file to the place that POST /artifacts named (a presigned PUT), and tells how far it is.
import { createReadStream } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandFailed } from './failure.ts';

export type Place = { artifactId: string; uploadUrl: string; headers?: Record<string, string> };

/** Streams the file with its length said in advance (S3 takes nothing else). Throws CommandFailed with S3's own words. */
export async function uploadArtifact(
  path: string,
  bytes: number,
  mediaType: string,
  { uploadUrl, headers }: Place,
  onSent: (sentBytes: number) => void,
): Promise<void> {
  const send = uploadUrl.startsWith('https:') ? httpsRequest : httpRequest;
  const request = send(uploadUrl, {
    method: 'PUT',
    headers: { 'content-type': mediaType, ...headers, 'content-length': bytes },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    request.on('response', resolve).on('error', reject),
  );
  const [sent, answer] = await Promise.allSettled([
    pipeline(createReadStream(path), counting(onSent), request, { end: true }),
    answered,
  ]);
  // An early refusal closes the stream under us; what the server said explains more than the broken pipe.
  if (answer.status === 'rejected') throw new CommandFailed(`${path} was not uploaded: ${answer.reason.message}`);
  const words = await textOf(answer.value);
  if (answer.value.statusCode !== 200) {
    throw new CommandFailed(`${path} was not uploaded: ${answer.value.statusCode} ${words.slice(0, 300)}`);
  }
  if (sent.status === 'rejected') throw new CommandFailed(`${path} was not uploaded: ${sent.reason.message}`);
}

function counting(onSent: (sentBytes: number) => void): Transform {
  let sentBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sentBytes += chunk.length;
      onSent(sentBytes);
      done(null, chunk);
    },
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
