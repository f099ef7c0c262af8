// Decisions for people to find: newest first, by actor, action or status, or only those that wait for the caller.
import { InvalidCursor } from '../common/table-cursor.ts';
import { type Voter, whyBarred } from './admit-vote.ts';
import type { Decision, DecisionStatus } from './decision.ts';
import type { Decisions } from './decisions.store.ts';

export type DecisionFilter = {
  limit: number;
  cursor?: string;
  actor?: string;
  action?: string;
  status?: DecisionStatus;
  waitingForMe?: boolean;
};
type Found = { items: Decision[]; cursor?: string };
type Deps = { decisions: Decisions; now: () => Date };

const MONTHS_BACK_MAX = 12;
/** So many are looked through for one answer; a page may be short or empty and yet have a cursor. */
const LOOKED_AT_MAX = 1_000;

export async function listDecisions(filter: DecisionFilter, caller: Voter, deps: Deps): Promise<Found> {
  return filter.waitingForMe ? waitingFor(caller, filter, deps) : byMonth(filter, deps);
}

/** What is open and may be voted on by the caller, what ends first before the rest. */
async function waitingFor(caller: Voter, filter: DecisionFilter, { decisions, now }: Deps): Promise<Found> {
  const at = now().toISOString();
  const page = await decisions.unfinished({ limit: filter.limit, cursor: filter.cursor });
  const mine = page.items.filter((one) => fits(one, filter) && isAsked(one, caller, at));
  return { items: mine, ...(page.cursor ? { cursor: page.cursor } : {}) };
}

/** A person is waited for only where a person is needed; a seat always is. */
export const isAsked = (decision: Decision, caller: Voter, at: string): boolean =>
  whyBarred(decision, caller, at) === undefined &&
  (decision.seats.some(({ voterId }) => voterId === caller.principalId) ||
    decision.options.some(({ needs }) => needs.includes('person')));

async function byMonth(filter: DecisionFilter, { decisions, now }: Deps): Promise<Found> {
  const thisMonth = now().toISOString().slice(0, 7);
  const oldest = monthBefore(thisMonth, MONTHS_BACK_MAX);
  let [month, within] = filter.cursor === undefined ? [thisMonth] : placeIn(filter.cursor, thisMonth);
  const items: Decision[] = [];
  for (let looked = 0; month >= oldest && looked < LOOKED_AT_MAX && items.length < filter.limit; ) {
    const limit = filter.limit - items.length;
    const page = await decisions.ofMonth(month, { limit, cursor: within || undefined });
    items.push(...page.items.filter((one) => fits(one, filter)));
    looked += limit;
    within = page.cursor;
    if (!within) month = monthBefore(month, 1);
  }
  return { items, ...(month >= oldest ? { cursor: `${month}|${within ?? ''}` } : {}) };
}

function placeIn(cursor: string, thisMonth: string): [month: string, within?: string] {
  const [month = '', within] = cursor.split('|');
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month) || month > thisMonth) throw new InvalidCursor();
  return [month, within];
}

function monthBefore(month: string, count: number): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 - count, 1)).toISOString().slice(0, 7);
}

const fits = ({ status, options }: Decision, filter: DecisionFilter): boolean =>
  (filter.status === undefined || status === filter.status) &&
  options.some(
    ({ actor, action }) =>
      (filter.actor === undefined || actor === filter.actor) &&
      (filter.action === undefined || action === filter.action),
  );
