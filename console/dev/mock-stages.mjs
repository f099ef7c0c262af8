// DEVELOPMENT ONLY, never shipped: made-up stages, anomalies and a paused agent for mock-server.mjs.
const empty = process.argv.includes('--empty');
const startMs = Date.now();
const at = (hours) => new Date(startMs + hours * 3_600_000).toISOString();
const STEPS = ['shadow', 'canary_1', 'canary_10', 'canary_50', 'live'];

const record = (decisions, compared, disagreed, succeeded = 0, failed = 0) => ({
  ...{ decisions, compared, disagreed, critical: 0, wouldSpendCents: 1_240, wouldBeRefused: 3 },
  ...{ candidateSucceeded: succeeded, candidateFailed: failed, incumbentSucceeded: 4_120, incumbentFailed: 38 },
});
const check = (rule, is, needed, met) => ({ rule, is, needed, met });
const STAGES = [
  ['feedback.nps', 'shadow', 4.2, record(212, 180, 1), 'not_yet'],
  ['text.complaints', 'canary_10', 1.6, record(840, 0, 0, 831, 9), 'promote'],
  ['payout.submit', 'shadow', 9.1, record(412, 398, 2), 'captain'],
  ['report.write', 'live', 31, record(9_120, 0, 0, 9_066, 54), 'live'],
];
const history = (step) =>
  STEPS.slice(0, STEPS.indexOf(step) + 1)
    .map((to, n) => ({
      ...{ from: STEPS[n - 1] ?? '', to, at: at(-24 * (6 - n)), forced: n === 2 },
      by: n === 2 ? 'prn_01JD4Q8Z3X5C7V9B1N2M000004' : 'safety/rules',
      why: n ? 'decisions 840, hours at this step 38.4, critical 0, disagreement 0.24 %' : 'declared in stages.yaml',
    }))
    .reverse();

function stage([subject, step, days, kept, verdict]) {
  const to = STEPS[STEPS.indexOf(step) + 1];
  const missing = verdict === 'not_yet' ? ['decisions compared: 180, needed at least 300'] : [];
  const checks = [
    check('decisions', `${kept.decisions}`, 'at least 200', true),
    check('hours at this step', `${days * 24}`, 'at least 24', true),
    check('critical', '0', 'at most 0', true),
    check('decisions compared', `${kept.compared}`, 'at least 300', missing.length === 0),
    check('disagreement', '0.56 % of 180 (95 % sure: at most 2.61 %)', 'at most 2 %', true),
  ];
  const kind = verdict === 'captain' ? 'promote' : verdict;
  return {
    ...{ subject, step, candidate: step === 'live' ? undefined : 'agt_analyst_2', money: subject === 'payout.submit' },
    ...{ since: at(-days * 24), by: 'safety/rules', why: 'declared', record: kept, daysAtThisStep: days },
    agreement: kept.compared ? 1 - kept.disagreed / kept.compared : null,
    disagreementAtMost: kept.compared ? 0.0261 : null,
    promotion: { kind, to, by: verdict === 'captain' ? 'captain' : 'rules', missing, checks },
  };
}
const stages = empty ? [] : STAGES.map(stage);

const METRIC = ['calls', 'spendCents', 'failures'];
const anomalies = empty
  ? []
  : Array.from({ length: 3 }, (_, n) => ({
      ...{ anomalyId: `ano_${n}`, agentId: n ? 'agt_writer' : 'agt_researcher', metric: METRIC[n], paused: n === 0 },
      ...{ expected: 2.41, deviation: 0.38, observed: n ? 4.2 : 61.25, sigmas: n ? 4.71 : 5_000 },
      ...{ score: 31.204, threshold: 27.6, at: at(-n * 30 - 0.2) },
      reason: 'anomaly: calls of agt_researcher at 61.25 where 2.41 is usual (more than 1000 sigma)',
    }));
export const pauses = empty
  ? []
  : [
      {
        ...{ scope: 'agent:agt_researcher', killId: 'kil_1', by: 'safety/follow-effects', at: at(-0.2) },
        reason: anomalies[0].reason,
      },
    ];

/** Routes by their pattern; `problem` makes an answer that refuses. */
export const stageRoutes = (problem) => ({
  'GET stages': () => ({ body: { items: stages } }),
  'GET stages/:id': ({ id }) => {
    const found = stages.find(({ subject }) => subject === id);
    return found
      ? { body: { ...found, history: history(found.step) } }
      : problem(404, 'no_such_stage', `${id} is under no stage; what is under none is live`);
  },
  'POST stages/:id/promote': ({ id, body }) => {
    if (body.reason === 'refuse') return problem(422, 'not_earned', `${id} has not earned it`);
    const found = stages.find(({ subject }) => subject === id);
    found.step = found.promotion.to;
    return { body: found };
  },
  'POST stages/:id/demote': ({ id }) => {
    stages.find(({ subject }) => subject === id).step = 'shadow';
    return { body: {} };
  },
  'GET anomalies': () => ({ body: { items: anomalies } }),
});
