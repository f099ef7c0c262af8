// How votes are counted: 3 of 5 from three lineages, Borda for competitors, and nothing certain ever turns.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aBallot, anOption, someSeats } from './decision.test-support.ts';
import { type Ballot, type Election, pointsOf, type Tally, tally } from './tally.ts';

const QUORUM = { approvals: 3, lineages: 3 };
const election = (other: Partial<Election> = {}): Election => ({
  options: [anOption(1)],
  ballots: [],
  outstanding: [],
  open: false,
  quorum: QUORUM,
  ...other,
});
const yes = (n: number, other: Partial<Ballot> = {}) => aBallot(n, ['eff_1'], other);
const no = (n: number, other: Partial<Ballot> = {}) => aBallot(n, [], other);
const person = { seated: false, person: true, lineage: 'people' };
const captain = { ...person, captain: true };
const chosen = (effectId = 'eff_1', by = 'count') => ({ kind: 'chosen', effectId, by });
const refused = (reason: string) => ({ kind: 'refused', reason });
const undecided = { kind: 'undecided' };

describe('one proposal with five seats', () => {
  const rest = (count: number) => someSeats(5).slice(5 - count);
  it.each([
    { when: 'nobody has voted', ballots: [], left: 5, then: undecided },
    { when: 'two agree', ballots: [yes(0), yes(1)], left: 3, then: undecided },
    { when: 'three agree', ballots: [yes(0), yes(1), yes(2)], left: 2, then: chosen() },
    {
      when: 'three agree and two are against',
      ballots: [yes(0), yes(1), yes(2), no(3), no(4)],
      left: 0,
      then: chosen(),
    },
    { when: 'three are against', ballots: [no(0), no(1), no(2)], left: 2, then: refused('too_few_approvals') },
    { when: 'two are against', ballots: [no(0), no(1)], left: 3, then: undecided },
    {
      when: 'three abstain',
      ballots: [0, 1, 2].map((n) => aBallot(n, 'abstains')),
      left: 2,
      then: refused('too_few_approvals'),
    },
    { when: 'two agree and one abstains', ballots: [yes(0), yes(1), aBallot(2, 'abstains')], left: 2, then: undecided },
  ])('$when', ({ ballots, left, then }) => {
    expect(tally(election({ ballots, outstanding: rest(left), open: true }))).toEqual(then);
  });

  it('closed with two approvals and three silent is a no: lost quorum denies', () => {
    expect(tally(election({ ballots: [yes(0), yes(1)] }))).toEqual(refused('too_few_approvals'));
  });

  it('three of one mind are not enough when they are of two lineages', () => {
    const ballots = [yes(0), yes(1), yes(2, { lineage: 'lineage-0' })];
    expect(tally(election({ ballots }))).toEqual(refused('too_few_lineages'));
    const outstanding = [{ voterId: 'agt_4', lineage: 'lineage-4' }];
    expect(tally(election({ ballots, outstanding, open: true }))).toEqual(undecided);
    const same = [{ voterId: 'agt_4', lineage: 'lineage-1' }];
    expect(tally(election({ ballots, outstanding: same, open: true }))).toEqual(refused('too_few_lineages'));
  });

  it('a person who agrees fills no seat; one who is against ends it', () => {
    const two = [yes(0), yes(1)];
    expect(tally(election({ ballots: [...two, yes(9, person)] }))).toEqual(refused('too_few_approvals'));
    const three = [...two, yes(2)];
    expect(tally(election({ ballots: [...three, no(9, person)] }))).toEqual(refused('person_against'));
    expect(tally(election({ ballots: [no(9, person)], outstanding: someSeats(5), open: true }))).toEqual(
      refused('person_against'),
    );
    expect(tally(election({ ballots: [...three, aBallot(9, 'abstains', person)] }))).toEqual(chosen());
  });

  it('a tie on a larger panel is a no unless the captain agrees', () => {
    const ballots = [yes(0), yes(1), yes(2), no(3), no(4), no(5)];
    expect(tally(election({ ballots }))).toEqual(refused('tie'));
    expect(tally(election({ ballots: [...ballots, yes(9, captain)] }))).toEqual(chosen());
    expect(tally(election({ ballots: [...ballots, yes(9, person)] }))).toEqual(refused('tie'));
    expect(tally(election({ ballots: [...ballots, no(6), yes(9, captain)] }))).toEqual(refused('majority_against'));
  });

  it('no seat that is awaited counts as a captain', () => {
    const ballots = [yes(0), yes(1), no(2), no(3), no(4)];
    const outstanding = [{ voterId: 'agt_5', lineage: 'lineage-5' }];
    expect(tally(election({ ballots, outstanding, open: true }))).toEqual(refused('tie'));
  });
});

describe('one proposal that needs a person', () => {
  const alone = [anOption(1, { needs: ['person'] })];
  const both = [anOption(1, { needs: ['votes', 'person'] })];
  const panel = [yes(0), yes(1), yes(2)];
  it.each([
    { when: 'nobody came yet', options: alone, ballots: [], open: true, then: undecided },
    { when: 'nobody came in time', options: alone, ballots: [], open: false, then: refused('no_person') },
    { when: 'a person agrees', options: alone, ballots: [yes(9, person)], open: true, then: chosen() },
    {
      when: 'a person abstains',
      options: alone,
      ballots: [aBallot(9, 'abstains', person)],
      open: true,
      then: undecided,
    },
    {
      when: 'one agrees and one is against',
      options: alone,
      ballots: [yes(8, person), no(9, person)],
      open: true,
      then: refused('person_against'),
    },
    { when: 'the panel agrees alone', options: both, ballots: panel, open: true, then: undecided },
    {
      when: 'the panel agrees, no person in time',
      options: both,
      ballots: panel,
      open: false,
      then: refused('no_person'),
    },
    { when: 'panel and person agree', options: both, ballots: [...panel, yes(9, person)], open: true, then: chosen() },
    {
      when: 'a person agrees, the panel does not',
      options: both,
      ballots: [no(0), no(1), no(2), yes(9, person)],
      open: true,
      then: refused('too_few_approvals'),
    },
  ])('$when', ({ options, ballots, open, then }) => {
    expect(tally(election({ options, ballots, open }))).toEqual(then);
  });

  it('of no proposals none is chosen', () => {
    expect(tally(election({ options: [] }))).toEqual(refused('too_few_approvals'));
    expect(tally(election({ options: [anOption(1), anOption(2)] }))).toEqual(refused('too_few_approvals'));
  });
});

describe('three proposals that exclude each other', () => {
  const options = [anOption(1), anOption(2), anOption(3)];
  const ranked = (n: number, ...ids: number[]) =>
    aBallot(
      n,
      ids.map((id) => `eff_${id}`),
    );
  const of = (ballots: Ballot[], other: Partial<Election> = {}) => tally(election({ options, ballots, ...other }));

  it('the first of three gets two points, the second one, who is left out none', () => {
    const points = pointsOf(options, [ranked(0, 1, 2, 3), ranked(1, 2), ranked(2, 9, 1)]);
    expect(options.map(points)).toEqual([3, 3, 0]);
  });

  it('the one that most can live with beats the one that most put first', () => {
    const ballots = [ranked(0, 1, 2, 3), ranked(1, 1, 2, 3), ranked(2, 1, 2), ranked(3, 2, 3, 1), ranked(4, 2, 3, 1)];
    expect(of(ballots)).toEqual(chosen('eff_2'));
  });

  it('whoever has the points but not the quorum is passed over', () => {
    const ballots = [ranked(0, 1, 2), ranked(1, 1, 2), ranked(2, 2), ranked(3, 3), ranked(4, 3)];
    expect(options.map(pointsOf(options, ballots))).toEqual([4, 4, 4]);
    expect(of(ballots)).toEqual(chosen('eff_2'));
  });

  it('none is chosen when none has the quorum', () => {
    expect(of([ranked(0, 1), ranked(1, 2), ranked(2, 3)])).toEqual(refused('too_few_approvals'));
    expect(
      of(
        [0, 1, 2].map((n) => ranked(n)),
        { outstanding: someSeats(5).slice(3), open: true },
      ),
    ).toEqual(refused('too_few_approvals'));
  });

  it('is decided early once nobody can catch up, and not before', () => {
    const three = [0, 1, 2].map((n) => ranked(n, 1));
    expect(of(three, { outstanding: someSeats(5).slice(3), open: true })).toEqual(chosen('eff_1'));
    const close = [ranked(0, 1, 2), ranked(1, 1, 2), ranked(2, 1, 2)];
    expect(of(close, { outstanding: someSeats(5).slice(3), open: true })).toEqual(undecided);
    expect(of(close, { outstanding: someSeats(4).slice(3), open: true })).toEqual(chosen('eff_1'));
  });

  it('waits while the one behind can still draw level and win the tie', () => {
    const two = [anOption(1), anOption(2, { priority: 5 })];
    const ballots = [ranked(0, 1, 2), ranked(1, 1, 2), ranked(2, 2, 1), aBallot(3, 'abstains')];
    const outstanding = someSeats(5).slice(4);
    expect(tally(election({ options: two, ballots, outstanding, open: true }))).toEqual(undecided);
    expect(tally(election({ options: two, ballots: [...ballots, ranked(4, 2)] }))).toEqual(chosen('eff_2', 'priority'));
  });

  describe('tied', () => {
    const ballots = [ranked(0, 1, 2), ranked(1, 2, 1), ranked(2, 1, 2), ranked(3, 2, 1)];
    it('the captain decides', () => {
      const even = [ranked(0, 1, 2), ranked(1, 2, 1), ranked(2, 2, 1), aBallot(8, ['eff_1', 'eff_2'], captain)];
      expect(of(even)).toEqual(chosen('eff_1', 'captain'));
    });
    it('two captains who disagree decide nothing', () => {
      const says = (n: number, ids: string[]) => aBallot(n, ids, { ...captain, voterId: `cap_${n}` });
      const both = [says(0, ['eff_2', 'eff_1']), says(1, ['eff_1', 'eff_2'])];
      expect(of([...ballots, ...both])).toEqual(chosen('eff_1', 'order'));
    });
    it('without a captain the higher priority, then the earlier one, then the smaller id', () => {
      const urgent = [anOption(1), anOption(2, { priority: 5 }), anOption(3, { priority: 9 })];
      expect(of(ballots, { options: urgent })).toEqual(chosen('eff_2', 'priority'));
      expect(of(ballots)).toEqual(chosen('eff_1', 'order'));
      const later = [anOption(1, { proposedAt: anOption(5).proposedAt }), anOption(2)];
      expect(of(ballots, { options: later })).toEqual(chosen('eff_2', 'order'));
      const same = [anOption(2), anOption(1, { proposedAt: anOption(2).proposedAt })];
      expect(of(ballots, { options: same })).toEqual(chosen('eff_1', 'order'));
    });
  });

  it('what a person strikes out is out, and what needs a person waits for one', () => {
    const all = [0, 1, 2].map((n) => ranked(n, 1, 2));
    expect(of([...all, aBallot(9, ['eff_2'], person)])).toEqual(chosen('eff_2'));
    const needy = [anOption(1, { needs: ['votes', 'person'] }), anOption(2)];
    expect(of(all, { options: needy, open: true })).toEqual(undecided);
    expect(of(all, { options: needy })).toEqual(chosen('eff_2'));
    expect(of([...all, aBallot(9, ['eff_1'], person)], { options: needy, open: true })).toEqual(chosen('eff_1'));
  });
});

/** Any election over one to three options with up to five seats, some of which have not voted yet. */
const ids = (count: number) => Array.from({ length: count }, (_, n) => `eff_${n + 1}`);
const anyBallot = (options: number) =>
  fc.record({
    accepts: fc.subarray(ids(options)).chain((some) => fc.shuffledSubarray(some, { minLength: some.length })),
    abstains: fc.boolean(),
  });
const anyElection = fc.integer({ min: 1, max: 3 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    cast: fc.array(anyBallot(count), { maxLength: 5 }),
    people: fc.array(fc.record({ ballot: anyBallot(count), captain: fc.boolean() }), { maxLength: 2 }),
    seats: fc.integer({ min: 3, max: 5 }),
    lineages: fc.integer({ min: 2, max: 5 }),
    needs: fc.array(fc.constantFrom(['votes' as const], ['person' as const], ['votes' as const, 'person' as const]), {
      minLength: 3,
      maxLength: 3,
    }),
    priorities: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 3, maxLength: 3 }),
    open: fc.boolean(),
  }),
);
type Drawn = typeof anyElection extends fc.Arbitrary<infer T> ? T : never;

function drawn({ count, cast, people, seats, lineages, needs, priorities, open }: Drawn): Election {
  const all = someSeats(seats, lineages);
  const ballots = cast
    .slice(0, seats)
    .map((ballot, n) => aBallot(n, ballot.abstains ? 'abstains' : ballot.accepts, { lineage: all[n]!.lineage }));
  const persons = people.map(({ ballot, captain: isCaptain }, n) =>
    aBallot(n, ballot.abstains ? 'abstains' : ballot.accepts, { ...person, voterId: `per_${n}`, captain: isCaptain }),
  );
  return {
    options: ids(count).map((_, n) => anOption(n + 1, { needs: needs[n]!, priority: priorities[n]! })),
    ballots: [...ballots, ...persons],
    outstanding: open ? all.slice(ballots.length) : [],
    open,
    quorum: QUORUM,
  };
}

/** Every way in which one more seat can vote. */
const everyBallot = (options: readonly { effectId: string }[]): string[][] => {
  const names = options.map(({ effectId }) => effectId);
  const orders = (left: string[]): string[][] => [
    [],
    ...left.flatMap((first) => orders(left.filter((id) => id !== first)).map((rest) => [first, ...rest])),
  ];
  return orders(names);
};

/** The final results of all ways in which up to two outstanding seats vote or stay silent, with nobody else coming. */
function* endings(one: Election): Generator<Tally> {
  const [seat, ...rest] = one.outstanding;
  if (!seat) {
    yield tally({ ...one, open: false });
    return;
  }
  yield* endings({ ...one, outstanding: rest });
  for (const accepts of everyBallot(one.options)) {
    const ballot = { ...aBallot(0, accepts), ...seat };
    yield* endings({ ...one, outstanding: rest, ballots: [...one.ballots, ballot] });
  }
}

describe('for any election', () => {
  it('what is certain stays so, whatever the seats that are left say or do not say', () => {
    fc.assert(
      fc.property(anyElection, (parts) => {
        const one = drawn(parts);
        const now = tally(one);
        fc.pre(now.kind !== 'undecided' && one.outstanding.length <= (one.options.length < 3 ? 3 : 2));
        for (const end of endings(one)) {
          expect(end.kind).toBe(now.kind);
          if (now.kind === 'chosen') expect(end).toMatchObject({ effectId: now.effectId });
        }
      }),
      { numRuns: 400 },
    );
  });

  it('closing always ends it, and what is chosen has the quorum, the lineages and nobody’s no', () => {
    fc.assert(
      fc.property(anyElection, (parts) => {
        const one = { ...drawn(parts), outstanding: [], open: false };
        const result = tally(one);
        expect(result.kind).not.toBe('undecided');
        if (result.kind !== 'chosen') return;
        const counted = one.ballots.filter(({ abstains }) => !abstains);
        const agreed = counted.filter(({ accepts }) => accepts.includes(result.effectId));
        expect(counted.filter((ballot) => ballot.person && !agreed.includes(ballot))).toEqual([]);
        const { needs } = one.options.find(({ effectId }) => effectId === result.effectId)!;
        if (needs.includes('person')) expect(agreed.some((ballot) => ballot.person)).toBe(true);
        if (!needs.includes('votes')) return;
        const seated = agreed.filter((ballot) => ballot.seated);
        expect(seated.length).toBeGreaterThanOrEqual(QUORUM.approvals);
        expect(new Set(seated.map(({ lineage }) => lineage)).size).toBeGreaterThanOrEqual(QUORUM.lineages);
      }),
      { numRuns: 2_000 },
    );
  });

  it('neither the order of the ballots nor that of the options matters', () => {
    fc.assert(
      fc.property(anyElection, (parts) => {
        const one = drawn(parts);
        const turned = { ...one, ballots: one.ballots.toReversed(), options: one.options.toReversed() };
        const [a, b] = [tally(one), tally(turned)];
        expect(b.kind).toBe(a.kind);
        if (a.kind === 'chosen') expect(b).toEqual(a);
      }),
      { numRuns: 1_000 },
    );
  });

  it('one more approval never takes an approval away', () => {
    fc.assert(
      fc.property(anyElection, fc.nat(), (parts, pick) => {
        const one = drawn({
          ...parts,
          count: 1,
          cast: parts.cast.map((b) => ({ ...b, accepts: b.accepts.filter((id) => id === 'eff_1') })),
          people: [],
        });
        if (one.ballots.length === 0 || tally(one).kind !== 'chosen') return;
        const turned = one.ballots.map((ballot, n) =>
          n === pick % one.ballots.length ? { ...ballot, accepts: ['eff_1'], abstains: false } : ballot,
        );
        expect(tally({ ...one, ballots: turned }).kind).toBe('chosen');
      }),
      { numRuns: 3_000 },
    );
  });
});
