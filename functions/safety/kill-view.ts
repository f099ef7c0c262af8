// A kill as people see it while it is being contained.
import { type Kill, type Point, pointsFor, pointsOf } from './containment.ts';
import { scopeNamed } from './control-flags.ts';
import { type KillStore, readKill, readParts } from './kill-items.ts';

export type KillView = Kill & { points: Point[] };

export async function killView(killId: string, deps: KillStore): Promise<KillView | undefined> {
  const [kill, parts] = await Promise.all([readKill(killId, deps), readParts(killId, deps)]);
  if (!kill) return undefined;
  const wanted = pointsFor(scopeNamed(kill.scope) ?? 'everything');
  return { ...kill, points: pointsOf(kill, wanted, parts.said) };
}
