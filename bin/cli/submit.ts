// Hands an objective file in: reads its inputs, sends small texts along, uploads the rest, then posts the objective.
import { readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import {
  inputContentBytesMax,
  inputsBytesMax,
  type ObjectiveFileInput,
  type ObjectiveInput,
} from '../../functions/objectives/objective.ts';
import type { Api } from './api.ts';
import { ApiRefused, BadInput } from './failure.ts';
import { type ReadObjective, reasonOf } from './objective-file.ts';
import { type Place, uploadArtifact } from './upload.ts';

const artifactBytesMax = 100 * 1024 * 1024;
const mediaTypes: Record<string, string> = {
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.html': 'text/html',
  '.json': 'application/json',
  '.jsonl': 'application/x-ndjson',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
  '.xml': 'application/xml',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
};

export type Submitted = {
  objectiveId: string;
  status: string;
  priority: { score: number; reasons: string[] };
};
export type UploadProgress = (name: string, sentBytes: number, totalBytes: number) => void;
type Source = { input: ObjectiveFileInput; path?: string; bytes: number };

/**
 * Every file is looked at before anything is sent. Throws BadInput for a missing, unreadable or too large file (over
 * 100 MB), and for what the server refuses, with the line of the objective file.
 */
export async function submitObjective(
  { file, objective, faultLines }: ReadObjective,
  api: Api,
  { idempotencyKey, onUpload }: { idempotencyKey?: string; onUpload?: UploadProgress } = {},
): Promise<Submitted> {
  const sources = objective.inputs.map((input, index) => sourceOf(input, index, file));
  const inputs: ObjectiveInput[] = [];
  let bytesLeft =
    inputsBytesMax - objective.inputs.reduce((sum, { content = '' }) => sum + Buffer.byteLength(content), 0);
  for (const source of sources) {
    const isSentAlong = source.bytes <= Math.min(inputContentBytesMax, bytesLeft);
    if (isSentAlong) bytesLeft -= source.bytes;
    inputs.push(await inputOf(source, isSentAlong, api, onUpload));
  }
  try {
    return await api.post<Submitted>('/objectives', { ...objective, inputs }, { idempotencyKey });
  } catch (error) {
    if (!(error instanceof ApiRefused) || !error.problem.errors?.length || error.status >= 500) throw error;
    throw new BadInput(`${error.message} (${error.status} ${error.problem.code})`, faultLines(error.problem.errors));
  }
}

function sourceOf(input: ObjectiveFileInput, index: number, objectiveFile: string): Source {
  if (input.file === undefined) return { input, bytes: 0 };
  const path = resolve(dirname(objectiveFile), input.file);
  const where = `inputs[${index}].file: ${path}`;
  const found = statOf(path, where);
  if (!found.isFile()) throw new BadInput(`${where} is not a file`);
  if (found.size > artifactBytesMax)
    throw new BadInput(`${where} has ${found.size} bytes; an input has at most 100 MB`);
  return { input, path, bytes: found.size };
}

function statOf(path: string, where: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw new BadInput(`${where} cannot be read: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}

async function inputOf(
  { input, path, bytes }: Source,
  isSentAlong: boolean,
  api: Api,
  onUpload?: UploadProgress,
): Promise<ObjectiveInput> {
  const { file: _, ...said } = input;
  if (path === undefined) return said;
  const mediaType = said.mediaType ?? mediaTypes[extname(path).toLowerCase()] ?? 'application/octet-stream';
  const content = isSentAlong ? textOf(path) : undefined;
  if (content !== undefined) return { ...said, mediaType, content };
  const place = await api.post<Place>('/artifacts', { name: said.name, mediaType, bytes });
  await uploadArtifact(path, bytes, mediaType, place, (sent) => onUpload?.(said.name, sent, bytes));
  return { ...said, mediaType, artifactId: place.artifactId };
}

// Bytes that are no UTF-8 text go up as they are: whoever reads them can then say what is wrong with them.
function textOf(path: string): string | undefined {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return undefined;
    throw new BadInput(`${path} cannot be read: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}
