// Which proposals fit the way in which an action is declared to be undone.
import { describe, expect, it } from 'vitest';
import { undeclared } from './action.ts';

const catalogue = (['nothing_to_undo', 'automatic', 'declared', 'none'] as const).map((undo) => ({
  action: `test.${undo.replaceAll('_', '-')}`,
  does: 'it is tried',
  undo,
}));
const FITTING = {
  'test.nothing-to-undo': ['nothing_to_undo'],
  'test.automatic': ['yes'],
  'test.declared': ['yes', 'no', 'nothing_to_undo'],
  'test.none': ['no'],
};

describe('a proposal', () => {
  it.each(
    Object.entries(FITTING).flatMap(([action, fitting]) =>
      (['yes', 'no', 'nothing_to_undo'] as const).map((reversible) => ({
        action,
        reversible,
        fits: fitting.includes(reversible),
      })),
    ),
  )('of $action as reversible: $reversible fits: $fits', ({ action, reversible, fits }) => {
    const why = undeclared({ action, reversible }, catalogue);
    if (fits) expect(why).toBeUndefined();
    else expect(why).toContain(`cannot be proposed as reversible: ${reversible}`);
  });

  it('of what nobody declared does not', () => {
    expect(undeclared({ action: 'test.other', reversible: 'no' }, catalogue)).toContain('in no catalogue');
  });
});
