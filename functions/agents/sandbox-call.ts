// What the sandbox is asked and what it answers: a program, its data and its limits in; a result, files and lines out.
import * as z from 'zod';

export const FileName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}$/, 'a plain file name without folders');
export const SandboxLimits = z.strictObject({
  /** computing time; what it exceeds is ended between two steps of the program */
  cpuMs: z.int().min(10).max(10_000).default(1_000),
  memoryMb: z.int().min(1).max(64).default(32),
  /** result, files and lines together, as JSON */
  outputBytes: z.int().min(100).max(150_000).default(100_000),
});
export type SandboxLimits = z.infer<typeof SandboxLimits>;

const FILES_BYTES_MAX = 3_000_000;

export const SandboxCall = z.strictObject({
  /** the body of an async function; it sees `input`, `results`, `files` and `console`, and what it returns is the result */
  code: z.string().min(1).max(50_000),
  input: z.json().default(null),
  results: z.record(z.string(), z.json()).default({}),
  files: z
    .record(FileName, z.string())
    .default({})
    .refine((files) => Object.values(files).reduce((sum, text) => sum + text.length, 0) <= FILES_BYTES_MAX, {
      error: `at most ${FILES_BYTES_MAX} characters in all files together`,
    }),
  limits: SandboxLimits.prefault({}),
});
export type SandboxCall = z.infer<typeof SandboxCall>;

export const SandboxEnd = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('done'),
    result: z.json(),
    /** the files that the program wrote */
    files: z.record(z.string(), z.string()),
    lines: z.array(z.string()),
    cpuMs: z.number(),
  }),
  z.object({
    kind: z.literal('failed'),
    reason: z.enum([
      'syntax',
      'threw',
      'never_settled',
      'cpu_limit',
      'memory_limit',
      'stack_limit',
      'output_limit',
      'wall_limit',
      'broke',
    ]),
    message: z.string(),
    lines: z.array(z.string()),
    cpuMs: z.number(),
  }),
]);
export type SandboxEnd = z.infer<typeof SandboxEnd>;
export type SandboxFault = Extract<SandboxEnd, { kind: 'failed' }>['reason'];

/** How long the thread may take in all: the program's computing time, and a start on a busy machine. */
export const wallMsOf = ({ cpuMs }: SandboxLimits): number => 2 * cpuMs + 15_000;
