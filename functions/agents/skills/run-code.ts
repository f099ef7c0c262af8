// Runs a program of a plan in the sandbox. What it may see is gathered first, out here: inputs, results, declared pages.
import * as z from 'zod';
import type { Crawl } from '../../common/crawl.client.ts';
import type { Skill, Work } from '../agent.ts';
import { PermanentTaskError, TransientTaskError } from '../errors.ts';
import { parametersOf } from '../parameters.ts';
import type { RunInSandbox } from '../sandbox.client.ts';
import { FileName, SandboxCall, type SandboxEnd, SandboxLimits } from '../sandbox-call.ts';

const FETCHES_MAX = 5;
const FETCH_BYTES_MAX = 500_000;
const INPUT_BYTES_MAX = 1_000_000;
const TEXT_TYPES = ['text/', 'application/json', 'application/xml', 'application/rss+xml', 'application/atom+xml'];

const Parameters = z.strictObject({
  code: z.string().min(1).max(50_000),
  input: z.json().optional(),
  files: z.record(FileName, z.string().max(100_000)).default({}),
  /** inputs of the objective that become files of the same name */
  inputs: z.array(FileName).max(10).default([]),
  /** pages that are read before the program runs, and become files: it has no way to ask for more */
  fetch: z
    .array(z.strictObject({ url: z.string().min(1).max(2_000), as: FileName }))
    .max(FETCHES_MAX)
    .default([]),
  limits: SandboxLimits.prefault({}),
});

type Deps = { run: RunInSandbox; crawl: Crawl };

export const runCode =
  ({ run, crawl }: Deps): Skill =>
  async (work) => {
    const wanted = parametersOf(Parameters, work.parameters);
    const { code, input = null, limits } = wanted;
    const files = {
      ...wanted.files,
      ...(await inputsOf(wanted.inputs, work)),
      ...(await pagesOf(wanted.fetch, crawl)),
    };
    const results = Object.fromEntries(Object.entries(work.dependencies).map(([id, { result }]) => [id, result]));
    const call = SandboxCall.safeParse({ code, input, results, files, limits });
    if (!call.success) throw new PermanentTaskError(`The program's data does not fit: ${z.prettifyError(call.error)}`);
    return resultOf(await run(call.data));
  };

/** A program that failed would fail again; only a time that ran out on a busy machine may be another one next time. */
function resultOf(end: SandboxEnd): object {
  if (end.kind === 'done') {
    const { result, files, lines, cpuMs } = end;
    return { kind: 'sandbox', result, files, lines, cpuMs };
  }
  const said = end.lines.length > 0 ? `; it said: ${end.lines.slice(-3).join(' | ').slice(0, 500)}` : '';
  const message = `The program was ended (${end.reason}): ${end.message}${said}`;
  throw end.reason === 'wall_limit' ? new TransientTaskError(message) : new PermanentTaskError(message);
}

async function inputsOf(names: readonly string[], work: Work): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of names) {
    const found = work.inputs.find((input) => input.name === name);
    if (!found) throw new PermanentTaskError(`There is no input "${name}"`);
    files[name] = found.content ?? (await textOf(name, found.url ?? '', work));
  }
  return files;
}

async function textOf(name: string, url: string, { download, signal }: Work): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of await download(url, signal)) {
    bytes += piece.byteLength;
    if (bytes > INPUT_BYTES_MAX)
      throw new PermanentTaskError(`Input "${name}" is larger than the ${INPUT_BYTES_MAX} bytes a program may read`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

async function pagesOf(wanted: readonly { url: string; as: string }[], crawl: Crawl): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const limits = { bytesMax: FETCH_BYTES_MAX, timeoutMs: 15_000, contentTypes: TEXT_TYPES };
  for (const { url, as } of wanted) {
    const answer = await crawl({ url, purpose: 'read', dataClass: 'public' }, { limits });
    if (answer.kind === 'failed') throw new TransientTaskError(`${url} did not answer: ${answer.reason}`);
    if (answer.kind === 'refused')
      throw new PermanentTaskError(`${url} may not be read (${answer.reason}): ${answer.detail}`);
    if (answer.status >= 500) throw new TransientTaskError(`${url} answered ${answer.status}`);
    if (answer.status >= 300) throw new PermanentTaskError(`${url} answered ${answer.status}`);
    files[as] = Buffer.from(answer.body).toString('utf8');
  }
  return files;
}
