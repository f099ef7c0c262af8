// Decisions as they are stored: one item each, its votes within, so that one conditional write takes or refuses a vote.
import type { Changes, Condition, Item, Key, Tables, Value } from '../common/table.ts';
import { VOTES_MAX } from './admit-vote.ts';
import { type Decision, type DecisionStatus, decisionIdOf, statusesBefore, type Vote } from './decision.ts';

export type DecisionPage = { items: Decision[]; cursor?: string };
export type Ruling = { status: DecisionStatus; by: string; reason: string; at: string; chosen?: string };
export type Decisions = {
  /** an effect that is in a contest leads to the contest's decision */
  read(decisionId: string): Promise<Decision | undefined>;
  /** false when there is one */
  open(decision: Decision, by: string, why: string): Promise<boolean>;
  /** false when it is not any more what `was` says */
  change(decision: Decision, was: Pick<Decision, 'digest' | 'status'>, by: string, why: string): Promise<boolean>;
  /** the decision with the vote in it, or nothing when somebody was faster with something */
  cast(decisionId: string, vote: Vote): Promise<Decision | undefined>;
  /** the decision as ruled, or nothing when it moved or got another vote meanwhile */
  rule(decision: Decision, ruling: Ruling): Promise<Decision | undefined>;
  carriedOut(decision: Decision, results: Record<string, string>, at: string): Promise<boolean>;
  /** what has to be looked at again, the most urgent first */
  unfinished(page: { limit: number; cursor?: string }): Promise<DecisionPage>;
  /** one month (`2026-11`), newest first */
  ofMonth(month: string, page: { limit: number; cursor?: string }): Promise<DecisionPage>;
};

const UNFINISHED = 'open#decisions';
const keyOf = (decisionId: string): Key => ({ pk: decisionId, sk: 'decision' });
const urgency = ({ decisionId, closesAt }: Decision): string => `${closesAt}#${decisionId}`;

export const decisionsIn = (tables: Tables, table: string): Decisions => {
  const get = async (decisionId: string): Promise<Decision | undefined> => {
    const item = await tables.get(table, keyOf(decisionId));
    return typeof item?.partOf === 'string' ? get(item.partOf) : decisionOf(item);
  };
  const listed = async (query: {
    index: string;
    pk: string;
    limit: number;
    cursor?: string;
    newestFirst?: boolean;
  }) => {
    const { items, cursor } = await tables.query({ table, ...query });
    const found = await Promise.all(items.map(({ pk, sk }) => tables.get(table, { pk, sk })));
    return { items: found.map(decisionOf).filter((one) => one !== undefined), ...(cursor ? { cursor } : {}) };
  };
  const update = async (decisionId: string, changes: Changes, onlyIf: Condition): Promise<Decision | undefined> => {
    const outcome = await tables.write([{ table, update: keyOf(decisionId), changes, if: onlyIf }]);
    return outcome.written ? decisionOf(outcome.items[0]) : undefined;
  };
  const store = async (decision: Decision, by: string, why: string, onlyIf: Condition): Promise<boolean> => {
    const signs = decision.options
      .map(({ effectId }) => decisionIdOf(effectId))
      .filter((decisionId) => decisionId !== decision.decisionId);
    const outcome = await tables.write([
      { table, put: itemOf(decision, by, why), if: onlyIf },
      ...signs.map((sign) => ({ table, put: { ...keyOf(sign), partOf: decision.decisionId, by, why } })),
    ]);
    return outcome.written;
  };
  return {
    read: get,
    open: (decision, by, why) => store(decision, by, why, { missing: 'pk' }),
    change: (decision, was, by, why) => store(decision, by, why, isStill(was)),
    cast: (decisionId, vote) =>
      update(
        decisionId,
        {
          set: [
            [['votes', vote.voterId], vote],
            ['by', vote.voterId],
            ['why', `voted: ${vote.reason}`],
          ],
          add: [['voteCount', 1]],
        },
        {
          all: [
            ...isStill({ status: 'open', digest: vote.digest }).all,
            { missing: ['votes', vote.voterId] },
            { path: 'closesAt', above: vote.at },
            { path: 'voteCount', below: VOTES_MAX },
          ],
        },
      ),
    rule: (decision, ruling) => {
      const { status, chosen, by, reason, at } = ruling;
      const facts = { status, ...(chosen ? { chosen } : {}), decidedBy: by, decidedAt: at, reason, by, why: reason };
      const due = { openPk: UNFINISHED, openSk: urgency(decision) };
      const unchanged: Condition[] = [
        { path: 'status', oneOf: statusesBefore(status) },
        { path: 'digest', equals: decision.digest },
        // A veto is above the votes: one more of them does not stop it.
        ...(status === 'vetoed' ? [] : [{ path: 'voteCount', equals: decision.voteCount }]),
      ];
      const changes = { set: Object.entries({ ...facts, ...due }), remove: ['carriedOut', 'carriedOutAt'] };
      return update(decision.decisionId, changes, { all: unchanged });
    },
    carriedOut: async ({ decisionId, status, digest }, results, at) => {
      const set = Object.entries({ carriedOut: results, carriedOutAt: at, by: 'decisions', why: 'carried out' });
      const changes = { set, remove: ['openPk', 'openSk'] };
      return (await update(decisionId, changes, isStill({ status, digest }))) !== undefined;
    },
    unfinished: (page) => listed({ index: 'open', pk: UNFINISHED, ...page }),
    ofMonth: (month, page) => listed({ index: 'decisions', pk: `decisions#${month}`, newestFirst: true, ...page }),
  };
};

const isStill = ({ status, digest }: Pick<Decision, 'digest' | 'status'>) => ({
  all: [
    { path: 'status', equals: status },
    { path: 'digest', equals: digest },
  ] satisfies Condition[],
});

function itemOf(decision: Decision, by: string, why: string): Item {
  const { decisionId, openedAt } = decision;
  return {
    ...keyOf(decisionId),
    ...(decision as unknown as Record<string, Value>),
    decisionsPk: `decisions#${openedAt.slice(0, 7)}`,
    decisionsSk: `${openedAt}#${decisionId}`,
    openPk: UNFINISHED,
    openSk: urgency(decision),
    by,
    why,
  };
}

function decisionOf(item: Item | undefined): Decision | undefined {
  if (!item) return undefined;
  const { pk, sk, decisionsPk, decisionsSk, openPk, openSk, by, why, ...decision } = item;
  return decision as unknown as Decision;
}
