// Policy by a list of actions and targets, as config/gate.yaml has it: default deny. Pure.
import * as z from 'zod';
import { type PolicyAnswer, type Rules, Thresholds } from './gate-decision.ts';

export const GatePolicy = Thresholds.extend({
  /** an action that is not listed is denied; `targets` are exact names, or a prefix ending in `*` */
  allow: z.array(z.strictObject({ action: z.string(), targets: z.array(z.string()).min(1) })),
});
export type GatePolicy = z.infer<typeof GatePolicy>;

export function rulesOf({ allow, ...thresholds }: GatePolicy): Rules {
  const judge: Rules['judge'] = ({ action, target }): PolicyAnswer => {
    const rule = allow.find((entry) => entry.action === action && entry.targets.some((name) => fits(target, name)));
    return { allowed: rule !== undefined, because: rule ? [`allow ${rule.action}`] : [] };
  };
  return { judge, thresholds };
}

const fits = (target: string, name: string): boolean =>
  name.endsWith('*') ? target.startsWith(name.slice(0, -1)) : target === name;
