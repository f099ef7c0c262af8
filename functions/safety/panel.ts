// config/panel.yaml: who sits on the panel that votes, how many have to agree, and how long each step may take.
import * as z from 'zod';

export const REVIEW_RULES = ['budget', 'precedent', 'reversibility', 'evidence', 'scope'] as const;
export type ReviewRule = (typeof REVIEW_RULES)[number];

const name = z.string().regex(/^[A-Za-z0-9_.-]{1,80}$/, 'letters, digits, _ . -');

/** A seat with a rule is filled by the built-in reviewer of that rule, any other by the principal of that id. */
const PanelSeat = z.strictObject({ voterId: name, lineage: name, rule: z.enum(REVIEW_RULES).optional() });

export const Panel = z
  .strictObject({
    seats: z.array(PanelSeat).min(3).max(50),
    quorum: z.strictObject({ approvals: z.int().min(3), lineages: z.int().min(3) }),
    /** how long the panel may take, and how long a person */
    voteMinutes: z.number().positive().max(1_440),
    personMinutes: z.number().positive().max(43_200),
    /** how long proposals that exclude each other are gathered after the first one */
    gatherSeconds: z.number().positive().max(3_600),
    /** what the reviewer of budgets lets pass in 24 hours, over all decisions */
    spendCentsPerDay: z.int().min(0),
  })
  .superRefine(({ seats, quorum }, context) => {
    const say = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const [index, { voterId }] of seats.entries()) {
      if (seats.findIndex((seat) => seat.voterId === voterId) < index)
        say(['seats', index, 'voterId'], 'one seat each');
    }
    if (quorum.approvals * 2 <= seats.length) say(['quorum', 'approvals'], 'more than half of the seats');
    if (quorum.approvals > seats.length) say(['quorum', 'approvals'], 'no more than there are seats');
    if (new Set(seats.map(({ lineage }) => lineage)).size < quorum.lineages)
      say(['quorum', 'lineages'], 'no more than there are lineages on the seats');
  });
export type Panel = z.infer<typeof Panel>;
