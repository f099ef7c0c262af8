// What the work on decisions needs: the decisions, the effects that they are about, the panel, and the word on the bus.
import type { Announce } from '../common/announce.ts';
import type { EffectDeps } from './clear-effects.ts';
import type { Decision } from './decision.ts';
import type { Decisions } from './decisions.store.ts';
import { readEffect } from './effects.ts';
import { refuseHeld, satisfyNeed, vetoEffect } from './holds.ts';
import type { Panel } from './panel.ts';
import type { HeldEffect } from './place-proposal.ts';

type Without<Work> = Work extends (said: infer Said, ...rest: never[]) => infer Answer ? (said: Said) => Answer : never;

export type DecisionDeps = {
  decisions: Decisions;
  satisfy: Without<typeof satisfyNeed>;
  refuse: Without<typeof refuseHeld>;
  veto: Without<typeof vetoEffect>;
  effect(effectId: string): Promise<HeldEffect | undefined>;
  announce: Announce;
  panel: Panel;
  now: () => Date;
  /** what could not be carried to its end now; the sweep will */
  leftBehind(decisionId: string, error: Error): void;
};

type Ground = EffectDeps & Omit<DecisionDeps, 'satisfy' | 'refuse' | 'veto' | 'effect'>;

export const decisionDepsOf = ({ tables, table, ...ground }: Ground): DecisionDeps => {
  const effects = { tables, table, now: ground.now };
  return {
    ...ground,
    satisfy: (said) => satisfyNeed(said, effects),
    refuse: (said) => refuseHeld(said, effects),
    veto: (said) => vetoEffect(said, effects),
    effect: (effectId) => readEffect(effectId, effects),
  };
};

/** As it is stored now. */
export async function latest({ decisionId }: Decision, { decisions }: DecisionDeps): Promise<Decision> {
  return (await decisions.read(decisionId)) as Decision;
}
