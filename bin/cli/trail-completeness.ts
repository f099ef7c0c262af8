// Whether everything that is stored as an effect is on the trail: every state that an effect has was recorded. Pure.
export type Stated = { effectId: string; status: string };
/** effect → the states that entries say it came into */
export type Recorded = Map<string, Set<string>>;

type Entry = { pk: string; sk: string; changes: { path: string; after?: unknown }[] };

/** From the lines of an export of the lane `safety`. */
export function recordedIn(lines: readonly string[]): Recorded {
  const recorded: Recorded = new Map();
  for (const line of lines) {
    const { text } = JSON.parse(line) as { text?: string };
    const entry = text === undefined ? undefined : (JSON.parse(text) as Entry);
    if (entry?.sk !== 'effect') continue;
    const states = recorded.get(entry.pk) ?? new Set<string>();
    for (const { path, after } of entry.changes) if (path === 'status') states.add(String(after));
    recorded.set(entry.pk, states);
  }
  return recorded;
}

export const missingFrom = (recorded: Recorded, effects: readonly Stated[]): Stated[] =>
  effects.filter(({ effectId, status }) => !recorded.get(effectId)?.has(status));
