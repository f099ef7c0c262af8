// What must be true after any fault: nothing acknowledged is lost, everything ends, no effect happened twice, and the
// audit tells it all. Each thing that is not so is one line of text.
import { openApi } from '../../bin/cli/api.ts';
import { fetchedTrail } from '../../bin/cli/audit-trail.ts';
import { auditVerifier } from '../../bin/cli/verify-audit.ts';
import type { Client, Objective, Swarm, Task } from '../journeys/client.ts';

/** An objective that was acknowledged, and what has to become of it. */
export type Accepted = { objectiveId: string; name: string; status: string };
type Effect = { effectId: string; status: string; context: { taskId?: string; attempt?: number } };
type Entry = { eventId: string; pk: string; sk: string; kind: string; changes: { path: string; after?: unknown }[] };

/** Looks at everything through the public interface. An empty answer means that all of it holds. */
export async function untruths(accepted: readonly Accepted[], api: Client): Promise<string[]> {
  const [listed, effects, trail] = await Promise.all([
    api.list<Objective>('/objectives?limit=100'),
    api.list<Effect>('/effects?limit=100', 1_000),
    readTrail(api.swarmNow()),
  ]);
  const objectives = await Promise.all(accepted.map(({ objectiveId }) => api.look(objectiveId).catch(() => undefined)));
  const told = entriesByItem(trail.entries);
  const effectsOf = Map.groupBy(effects, ({ context }) => context.taskId ?? '');
  return [
    ...missingOrForeign(accepted, listed),
    ...trail.faults,
    ...objectives.flatMap((objective, index) => {
      const wanted = accepted[index] as Accepted;
      if (!objective) return [`${wanted.objectiveId} (${wanted.name}) was acknowledged and is lost`];
      return [
        ...wrongEnd(objective, wanted, told),
        ...objective.tasks.flatMap((task) => wrongTask(task, effectsOf, told)),
      ];
    }),
  ];
}

function missingOrForeign(accepted: readonly Accepted[], listed: readonly Objective[]): string[] {
  const known = new Set(accepted.map(({ objectiveId }) => objectiveId));
  const seen = listed.map(({ objectiveId }) => objectiveId);
  return [
    ...[...known].filter((id) => !seen.includes(id)).map((id) => `${id} is not in the list`),
    ...seen.filter((id) => !known.has(id)).map((id) => `${id} is in the list and nobody sent it`),
  ];
}

type Told = ReadonlyMap<string, readonly Entry[]>;

const entriesByItem = (entries: readonly Entry[]): Told => Map.groupBy(entries, ({ pk, sk }) => `${pk} ${sk}`);

function wrongEnd({ objectiveId, status, problem }: Objective, wanted: Accepted, told: Told): string[] {
  const name = `${objectiveId} (${wanted.name})`;
  if (status !== wanted.status) return [`${name} is ${status}, not ${wanted.status}: ${problem}`];
  const ends = moves(told.get(`${objectiveId} graph#00`), 'status', status);
  return ends === 1 ? [] : [`the audit says ${ends} times that ${name} has ${status}`];
}

function wrongTask({ taskId, status }: Task, effectsOf: ReadonlyMap<string, readonly Effect[]>, told: Told): string[] {
  const effects = effectsOf.get(taskId) ?? [];
  const confirmed = effects.filter((effect) => effect.status === 'confirmed').length;
  const attempts = effects.map(({ context }) => context.attempt);
  const open = effects.filter((effect) => !['confirmed', 'failed', 'denied'].includes(effect.status));
  const [, ulid = '', number = ''] = taskId.split('_');
  const page = `obj_${ulid} graph#${String(Math.floor(Number(number) / 25)).padStart(2, '0')}`;
  const successes = moves(told.get(page), `tasks.${Number(number)}.status`, 'succeeded');
  const resultKey = `obj_${ulid} result#${number.padStart(4, '0')}`;
  const results = [...told].filter(([key]) => key.startsWith(resultKey)).map(([, entries]) => entries.length);
  const expected = status === 'succeeded' ? 1 : 0;
  return [
    ...(['succeeded', 'dead_letter', 'cancelled'].includes(status) ? [] : [`${taskId} is ${status}`]),
    ...(confirmed === expected ? [] : [`${taskId} is ${status} and has ${confirmed} confirmed effects`]),
    ...(new Set(attempts).size === attempts.length ? [] : [`${taskId} has attempts with several effects: ${attempts}`]),
    ...open.map(
      (effect) => `${taskId} is ${status} and its effect of attempt ${effect.context.attempt} is ${effect.status}`,
    ),
    ...(successes === expected ? [] : [`${taskId} is ${status}; the audit says ${successes} times that it succeeded`]),
    ...(results.every((times) => times === 1) ? [] : [`${taskId}: a result was written ${Math.max(...results)} times`]),
  ];
}

/** How often an entry says that `path` became `value`. */
const moves = (entries: readonly Entry[] = [], path: string, value: string): number =>
  entries.filter(({ changes }) => changes.some((change) => change.path === path && change.after === value)).length;

async function readTrail(swarm: Swarm): Promise<{ entries: Entry[]; faults: string[] }> {
  const verifier = auditVerifier();
  const entries: Entry[] = [];
  for await (const line of fetchedTrail(openApi(swarm))) {
    verifier.feed(line);
    const { text } = JSON.parse(line) as { text?: string };
    if (text) entries.push(JSON.parse(text) as Entry);
  }
  const faults = verifier.report().faults.map(({ lane, seq, fault }) => `audit lane ${lane}, entry ${seq}: ${fault}`);
  const byEvent = Map.groupBy(entries, ({ eventId }) => eventId);
  const twice = [...byEvent].filter(([, group]) => group.length > 1).map(([id]) => `the audit has event ${id} twice`);
  return { entries, faults: [...faults, ...twice] };
}
