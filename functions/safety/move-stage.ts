// Moves a subject from step to step: by the rules, or by a captain. Each move is kept with who, why and the record it closed.
import type { Announce } from '../common/announce.ts';
import type { Item, Tables } from '../common/table.ts';
import { decideDemotion } from './demotion-rule.ts';
import { NoticeWanted, StageDemoted, StagePromoted } from './events.ts';
import { decidePromotion, type Promotion } from './promotion-rule.ts';
import { NO_RECORD, STEPS, type Stage, type StagesConfig, type Step } from './stage.ts';
import { asStage, DIRECTORY, entriesOf, moveWrites, type StageMove, stageKey } from './stage-items.ts';

export type StageDeps = {
  tables: Tables;
  table: string;
  stagesConfig: StagesConfig;
  announce: Announce;
  now: () => Date;
};

export async function readStage(subject: string, { tables, table }: StageDeps): Promise<Stage | undefined> {
  const item = await tables.get(table, stageKey(subject));
  return item && asStage(item);
}

type Start = { subject: string; candidate?: string; money?: boolean };

/** Puts a subject under a stage, in shadow. One that has a stage already keeps it. */
export async function startStage(
  start: Start,
  by: string,
  why: string,
  deps: StageDeps,
): Promise<'started' | 'exists'> {
  const at = deps.now().toISOString();
  const { subject, candidate, money = false } = start;
  const stage: Stage = {
    ...{ subject, step: 'shadow', money, since: at, by, why, version: 0, looks: 0, record: NO_RECORD },
    ...(candidate === undefined ? {} : { candidate }),
  };
  return (await write(stage, { from: 'shadow', to: 'shadow', by, why, at }, deps)) ? 'started' : 'exists';
}

/** `false`: somebody else has moved it meanwhile. */
export async function moveStage(stage: Stage, move: Omit<StageMove, 'from' | 'at'>, deps: StageDeps): Promise<boolean> {
  const whole = { ...move, from: stage.step, at: deps.now().toISOString() };
  // What was seen to cost money stays a matter of money, though its record begins anew.
  const next = { ...stage, money: stage.money || stage.record.wouldSpendCents > 0 };
  if (!(await write(next, whole, deps))) return false;
  const event = STEPS.indexOf(move.to) > STEPS.indexOf(stage.step) ? StagePromoted : StageDemoted;
  const { from, to, by, why, at, forced = false } = whole;
  await deps.announce(event, { subject: stage.subject, from, to, by, reason: why, forced, at });
  return true;
}

async function write(stage: Stage, move: StageMove, { tables, table }: StageDeps): Promise<boolean> {
  // The directory's map has to be there before an entry can be set in it.
  const [item, history, directory] = moveWrites(table, stage, move);
  if (!item || !history || !directory) return false;
  await tables.write([directoryExists(table)]);
  return (await tables.write([item, history, directory])).written;
}

const directoryExists = (table: string) => ({
  table,
  update: DIRECTORY,
  changes: { setIfMissing: [['entries', {}] as const] },
});

/** What the record of a subject leads to by itself, now. Called after each batch of facts, and every minute. */
export async function evaluateStage(subject: string, deps: StageDeps): Promise<Step | undefined> {
  const stage = await readStage(subject, deps);
  if (!stage) return undefined;
  const demotion = decideDemotion(stage, deps.stagesConfig);
  if (demotion.kind === 'demote') return sendBack(stage, demotion.reason, deps);
  if (demotion.looks > stage.looks) await spendLooks(stage, demotion.looks, deps);
  const promotion = decidePromotion(stage, deps.now().getTime(), deps.stagesConfig);
  if (promotion.kind !== 'promote' || promotion.by !== 'rules') return undefined;
  const moved = await moveStage(stage, { to: promotion.to, by: 'rules', why: promotion.reason }, deps);
  return moved ? promotion.to : undefined;
}

/** At once, and people are told: nobody asked for it. */
async function sendBack(stage: Stage, reason: string, deps: StageDeps): Promise<'shadow' | undefined> {
  if (!(await moveStage(stage, { to: 'shadow', by: 'rules', why: reason }, deps))) return undefined;
  const { subject, step, version } = stage;
  await deps.announce(NoticeWanted, {
    key: `stage-demoted#${subject}`,
    kind: 'stage_demoted',
    severity: 'error',
    title: `${subject} went back from ${step} to shadow`,
    body: `${reason}. What it would do is recorded and not done. npx lazyark stage report ${subject}`,
    subject: { subject },
    occurrence: `${version}`,
  });
  return 'shadow';
}

/** Once a minute: what was declared gets its stage, and what only had to wait moves on. Answers what moved where. */
export async function evaluateStages(declared: readonly Start[], deps: StageDeps): Promise<Record<string, Step>> {
  const known = new Set(entriesOf(await deps.tables.get(deps.table, DIRECTORY)).map(({ subject }) => subject));
  for (const start of declared)
    if (!known.has(start.subject)) await startStage(start, 'configuration', 'declared in the configuration', deps);
  const moved: Record<string, Step> = {};
  for (const subject of known) {
    const to = await evaluateStage(subject, deps);
    if (to) moved[subject] = to;
  }
  return moved;
}

async function spendLooks({ subject, version }: Stage, looks: number, { tables, table }: StageDeps): Promise<void> {
  const changes = { set: [['looks', looks] as const] };
  await tables.write([{ table, update: stageKey(subject), changes, if: { path: 'version', equals: version } }]);
}

export type Asked = { subject: string; by: string; reason: string; force?: boolean };
export type PromotionAnswer =
  | { kind: 'moved'; to: Step }
  | { kind: 'no_such_stage' }
  | { kind: 'moved_meanwhile' }
  | { kind: 'refused'; promotion: Promotion };

/** A captain's yes. What is not earned is refused with what is missing, unless it is forced; that is kept as forced. */
export async function promoteStage(
  { subject, by, reason, force = false }: Asked,
  deps: StageDeps,
): Promise<PromotionAnswer> {
  const stage = await readStage(subject, deps);
  if (!stage) return { kind: 'no_such_stage' };
  const promotion = decidePromotion(stage, deps.now().getTime(), deps.stagesConfig);
  if (promotion.kind === 'live' || (promotion.kind === 'not_yet' && !force)) return { kind: 'refused', promotion };
  const forced = promotion.kind === 'not_yet';
  const why = promotion.kind === 'not_yet' ? `${reason} (forced; missing: ${promotion.missing.join('; ')})` : reason;
  const moved = await moveStage(stage, { to: promotion.to, by, why: why.slice(0, 500), forced }, deps);
  return moved ? { kind: 'moved', to: promotion.to } : { kind: 'moved_meanwhile' };
}

/** Back to shadow, at once, whatever the record says. */
export async function demoteStage({ subject, by, reason }: Asked, deps: StageDeps): Promise<PromotionAnswer> {
  const stage = await readStage(subject, deps);
  if (!stage) return { kind: 'no_such_stage' };
  const moved = await moveStage(stage, { to: 'shadow', by, why: reason }, deps);
  return moved ? { kind: 'moved', to: 'shadow' } : { kind: 'moved_meanwhile' };
}

export async function stageHistory(subject: string, { tables, table }: StageDeps): Promise<Item[]> {
  const page = await tables.query({
    ...{ table, pk: `stage#${subject}`, sk: { beginsWith: 'history#' } },
    ...{ newestFirst: true, limit: 50, consistent: true },
  });
  return page.items.map(({ pk, sk, ...move }) => move as Item);
}
