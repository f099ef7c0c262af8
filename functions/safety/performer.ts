// What the swarm itself knows how to do, and to undo: for each action one performer. Pure.
import type * as z from 'zod';
import type { Impact, Proposal } from './effect.ts';

/** An action with what it is to be done with, as it is requested and as an undo is kept. */
export type Deed = { action: string; parameters: unknown };
export type Plan = {
  /** how to get back; missing when there is nothing to undo or no way to */
  undo?: Deed;
  /** what the state looked like before, for the look-up and the conditions of the act */
  before: Record<string, string | number | null>;
};
export type Done =
  | { kind: 'happened'; detail: string }
  | { kind: 'did_not_happen'; detail: string }
  /** it may have happened: looked up later, never tried again */
  | { kind: 'unknown'; detail: string };

// biome-ignore lint/suspicious/noExplicitAny: each performer checks its own parameters by its schema
export type Performer<Parameters = any> = {
  action: string;
  schema: z.ZodType<Parameters>;
  targetOf(parameters: Parameters): string;
  impactOf(parameters: Parameters): Impact;
  /** what its undo is, in words, or why there is none */
  undoOf(parameters: Parameters): Pick<Proposal, 'reversible' | 'undo'>;
  /** Reads the state and says how to get back to it. A text is the reason why it cannot be done. */
  plan(parameters: Parameters, effectId: string): Promise<Plan | string>;
  /** Acts once. `effectId` is what the outside is given to recognise a repetition by. */
  perform(parameters: Parameters, effectId: string, plan: Plan): Promise<Done>;
  /** Finds out whether it has happened, without doing anything. */
  lookUp(parameters: Parameters, effectId: string, plan: Plan): Promise<Done>;
};
export type Performers = Readonly<Record<string, Performer>>;
