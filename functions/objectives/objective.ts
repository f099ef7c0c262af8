// An objective: what people hand in, and the statuses it goes through.
import * as z from 'zod';
import { isStorableNumber, isWhole, STORABLE, WHOLE } from '../common/storable.ts';
import type { Moves } from './moves.ts';
import { BudgetUsd, PlanTask, planTasksMax } from './plan.ts';

export const inputContentBytesMax = 64 * 1024;
/** of all inputs together: they are stored beside each other */
export const inputsBytesMax = 5 * inputContentBytesMax;

const InputName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u, 'a plain name: letters, digits, spaces and . _ -');
const MediaType = z
  .string()
  .max(100)
  .regex(/^[a-z]+\/[a-z0-9.+-]+$/, 'a media type such as text/csv');
const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
const Content = z
  .string()
  .refine(isWhole, WHOLE)
  .refine((content) => bytesOf(content) <= inputContentBytesMax, {
    message: 'at most 64 KB; larger data is uploaded as an artifact',
  });
const ArtifactId = z.string().regex(/^art_[0-9A-HJKMNP-TV-Z]{26}$/, 'an artifact id such as art_01J…');

/** What the data is: said in `content` itself, or uploaded before under an artifact id. */
export const ObjectiveInput = z
  .strictObject({
    name: InputName,
    mediaType: MediaType.optional(),
    content: Content.optional(),
    artifactId: ArtifactId.optional(),
  })
  .refine(
    ({ content, artifactId }) => (content === undefined) !== (artifactId === undefined),
    'either content or artifactId',
  );
export type ObjectiveInput = z.infer<typeof ObjectiveInput>;

/** In a file, an input may also name another file; the command line reads it and sends content or uploads it. */
export const ObjectiveFileInput = z
  .strictObject({
    name: InputName,
    mediaType: MediaType.optional(),
    content: Content.optional(),
    artifactId: ArtifactId.optional(),
    file: z.string().min(1).max(1_000).optional(),
  })
  .refine(
    ({ content, artifactId, file }) =>
      [content, artifactId, file].filter((source) => source !== undefined).length === 1,
    'exactly one of file, content and artifactId',
  );
export type ObjectiveFileInput = z.infer<typeof ObjectiveFileInput>;

export const Urgency = z.enum(['minutes', 'hours', 'days']);
export type Urgency = z.infer<typeof Urgency>;

const common = {
  text: z.string().trim().min(1).max(2_000).refine(isWhole, WHOLE),
  impact: z.int().min(1).max(10).default(5),
  /** `days` when neither this nor a deadline is given */
  urgency: Urgency.optional(),
  deadline: z.iso.datetime({ offset: true }).optional(),
  /** operating spend; 0 when missing: nothing may be spent that nobody granted */
  budgetUsd: BudgetUsd.default(0),
  /** expected return per dollar spent */
  projectedRoi: z.number().min(0).max(1_000).refine(isStorableNumber, STORABLE).optional(),
  /** used instead of planning, unless empty; the rest of the check is checkPlan */
  plan: z.array(PlanTask).max(planTasksMax).optional(),
};
const inputsOf = <Input extends z.ZodType<{ name: string; content?: string | undefined }>>(input: Input) =>
  z
    .array(input)
    .max(20)
    .default([])
    .superRefine((inputs, context) => {
      const names = inputs.map(({ name }) => name);
      names.forEach((name, index) => {
        if (names.indexOf(name) < index)
          context.addIssue({ code: 'custom', path: [index, 'name'], message: 'a name used only once' });
      });
      const bytes = inputs.reduce((sum, { content = '' }) => sum + bytesOf(content), 0);
      const message = 'at most 320 KB of content in all; larger data is uploaded as artifacts';
      if (bytes > inputsBytesMax) context.addIssue({ code: 'custom', message });
    });
type TimeSaid = { urgency?: Urgency | undefined; deadline?: string | undefined };
const saysTimeOnce = ({ urgency, deadline }: TimeSaid): boolean => urgency === undefined || deadline === undefined;
const timeSaidTwice = { path: ['deadline'], message: 'either urgency or deadline, not both' };

/** The body of POST /objectives. Unknown fields are refused. */
export const ObjectiveRequest = z
  .strictObject({ ...common, inputs: inputsOf(ObjectiveInput) })
  .refine(saysTimeOnce, timeSaidTwice);
export type ObjectiveRequest = z.infer<typeof ObjectiveRequest>;

/** An objective in a file (YAML or JSON), as the command line takes it. */
export const ObjectiveFile = z
  .strictObject({ ...common, inputs: inputsOf(ObjectiveFileInput) })
  .refine(saysTimeOnce, timeSaidTwice);
export type ObjectiveFile = z.infer<typeof ObjectiveFile>;

export const ObjectiveStatus = z.enum(['queued', 'planning', 'running', 'paused', 'succeeded', 'failed', 'cancelled']);
export type ObjectiveStatus = z.infer<typeof ObjectiveStatus>;

/**
 * A paused objective goes back to where it was. Planning that was lost goes back to the queue. A failed objective runs
 * again when its dead letters are redriven.
 */
export const ALLOWED_OBJECTIVE_MOVES = {
  queued: ['planning', 'paused', 'failed', 'cancelled'],
  planning: ['queued', 'running', 'paused', 'failed', 'cancelled'],
  running: ['paused', 'succeeded', 'failed', 'cancelled'],
  paused: ['queued', 'planning', 'running', 'failed', 'cancelled'],
  failed: ['running', 'cancelled'],
  succeeded: [],
  cancelled: [],
} as const satisfies Moves<ObjectiveStatus>;
