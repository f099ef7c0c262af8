// The catalogue of actions: what the swarm does to the outside, and how each is undone. Pure.
import * as z from 'zod';
import type { Proposal } from './effect.ts';

/**
 * nothing_to_undo: it changes nothing outside of its own record · automatic: the way back is noted before it is done ·
 * declared: its proposer may name the way back; without one a person agrees first · none: a person agrees first.
 */
export const UndoKind = z.enum(['nothing_to_undo', 'automatic', 'declared', 'none']);

export const ActionCatalogue = z.array(
  z.strictObject({ action: z.string().regex(/^[a-z]+\.[a-z-]+$/), does: z.string().min(1), undo: UndoKind }),
);
export type ActionCatalogue = z.infer<typeof ActionCatalogue>;

const FITTING: Record<z.infer<typeof UndoKind>, Proposal['reversible'][]> = {
  nothing_to_undo: ['nothing_to_undo'],
  automatic: ['yes'],
  declared: ['yes', 'no', 'nothing_to_undo'],
  none: ['no'],
};

/** Why a proposal does not fit the catalogue; nothing when it does. An action that nobody has declared is refused. */
export function undeclared(
  { action, reversible }: Pick<Proposal, 'action' | 'reversible'>,
  catalogue: ActionCatalogue,
): string | undefined {
  const declared = catalogue.find((one) => one.action === action);
  if (!declared) return `${action} is in no catalogue of actions: nobody has said how it is undone`;
  if (FITTING[declared.undo].includes(reversible)) return undefined;
  return `${action} is declared as ${declared.undo}, so it cannot be proposed as reversible: ${reversible}`;
}
