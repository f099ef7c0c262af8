// DEVELOPMENT ONLY, never shipped: made-up kills, decisions, limits and notices for mock-server.mjs.
import { control, ulid } from './mock-data.mjs';

const empty = process.argv.includes('--empty');
const startMs = Date.now();
const at = (seconds) => new Date(startMs + seconds * 1000).toISOString();
const long = (n) => `01KAGW8Z3X5C7V9B1N2M${String(n).padStart(6, '0')}`;

const POINTS = [
  ['gate', 'safety', 'Every copy of the flags refuses new effects', 0, { copies: 8 }],
  ['task_leases', 'objectives', 'Running tasks are taken back, late answers refused', 1_400, { stopped: 57 }],
  ['task_loops', 'objectives', 'Streams, timers and the sweep start nothing', 600, { held: 558, objectives: 3 }],
  ['planning_runs', 'objectives', 'Planning executions are stopped', 2_600, { stopped: 1 }],
];
const containedMs = 3_200;
const nameOf = (scope) => {
  if (typeof scope === 'string') return scope;
  const [[field, name]] = Object.entries(scope);
  return `${field.replace('Id', '')}:${name}`;
};
const kills = empty
  ? []
  : [1, 2].map((n) => ({
      killId: `kil_${long(n)}`,
      scope: n === 1 ? 'everything' : 'agent:agt_researcher',
      by: 'operator',
      reason: n === 1 ? 'Monthly drill' : 'It asked the same page 400 times',
      at: at(-90_000 * n),
      resumedAt: at(-90_000 * n + 300),
      resumedBy: 'operator',
      resumeReason: 'the drill is over',
    }));

function shown(kill) {
  const sinceMs = (kill.resumedAt ? Date.parse(kill.resumedAt) : Date.now()) - Date.parse(kill.at);
  const share = Math.min(1, sinceMs / containedMs);
  const stopped = Math.round(50 * share);
  const contained = share === 1;
  return {
    ...kill,
    status: contained ? 'contained' : kill.resumedAt ? 'lifted' : 'containing',
    round: 1,
    effects: { inFlight: 58, finished: 7, stopped, unknown: contained ? 1 : 0, open: contained ? 0 : 51 - stopped },
    ...(contained && {
      containedAt: new Date(Date.parse(kill.at) + containedMs).toISOString(),
      certificate: { sequence: 1, issuedAt: new Date(Date.parse(kill.at) + containedMs + 200).toISOString() },
    }),
    points: POINTS.filter(([name]) => kill.scope === 'everything' || name !== 'planning_runs').map(
      ([point, room, title, afterMs, counts]) => {
        const done = sinceMs >= afterMs;
        return {
          point,
          room,
          title,
          state: done ? 'confirmed' : 'waiting',
          at: done ? new Date(Date.parse(kill.at) + afterMs).toISOString() : null,
          afterMs: done ? afterMs : null,
          counts: done ? counts : {},
          detail: done ? 'said by the room itself' : null,
        };
      },
    ),
  };
}

const holding = () => kills.filter((kill) => !kill.resumedAt);
function renew(reason) {
  const whole = holding().some(({ scope }) => scope === 'everything');
  const news = {
    mode: whole ? 'killed' : 'active',
    killed: whole,
    reason,
    by: 'operator',
    at: new Date().toISOString(),
  };
  Object.assign(control, news, { kills: holding() });
  return { body: control };
}

function stop({ body }) {
  const scope = nameOf(body.scope ?? 'everything');
  const found = holding().find((kill) => kill.scope === scope);
  const kill = found ?? {
    killId: `kil_${long(100 + kills.length)}`,
    scope,
    by: 'operator',
    reason: body.reason,
    at: new Date().toISOString(),
  };
  if (!found) kills.unshift(kill);
  return { body: { ...renew(body.reason).body, killId: kill.killId } };
}

function resume({ body }) {
  const kill = holding().find(({ scope }) => scope === nameOf(body.scope ?? 'everything'));
  if (kill)
    Object.assign(kill, { resumedAt: new Date().toISOString(), resumedBy: 'operator', resumeReason: body.reason });
  return renew(body.reason);
}

const fates = ['stopped', 'finished', 'stopped', 'unknown', 'stopped', 'finished', 'stopped', 'stopped'];
const certificate = ({ killId }) => ({
  certificate: { kind: 'lazyark.containment-certificate', version: 1, sequence: 1, killId, effectsDigest: 'c0ffee' },
  effects: fates.map((fate, n) => ({
    effectId: `eff_${long(40 + n)}`,
    action: n === 3 ? 'http.request' : 'task.execute',
    target: n === 3 ? 'POST https://shop.example/prices' : `tsk_${ulid(1)}_${n}`,
    at: at(-10),
    status: fate === 'unknown' ? 'unknown' : fate === 'finished' ? 'confirmed' : 'failed',
    fate,
    reason:
      fate === 'finished' ? 'the agent had answered' : fate === 'unknown' ? 'no answer yet' : `stopped by ${killId}`,
    settledAt: fate === 'unknown' ? null : at(-8),
  })),
  signature: { keyId: 'alias/lazyark', algorithm: 'ECDSA_SHA_256', signature: 'MEUCIQ' },
  publicKeyPem: '-----BEGIN PUBLIC KEY-----',
});

const LINEAGES = ['rules', 'cost', 'history', 'risk', 'plain-words'];
const ballots = (seconds, against = []) =>
  LINEAGES.map((lineage, n) => ({
    voterId: `agt_reviewer-${lineage}`,
    lineage,
    seated: true,
    person: false,
    captain: false,
    accepts: against.includes(n) ? [] : ['eff_x'],
    abstains: n === 4,
    reason: [
      'It stays within every rule of the set in force.',
      'Nine like it cost $41 on average; $60 leaves room.',
      'Of 14 earlier ones 13 were confirmed, one failed without cost.',
      'It cannot be undone once the agency has begun.',
      'The rationale does not say what happens when the answer is late.',
    ][n],
    at: at(seconds + n),
  }));
const impact = (spendCents, apiCalls = 12) => ({ spendCents, apiCalls, files: 0, tokens: 40_000 });
const proposal = (n, choice, spendCents, status, more = {}) => ({
  effectId: `eff_${long(n)}`,
  digest: `sha256:${n}`,
  needs: spendCents > 5_000 ? ['votes', 'person'] : ['votes'],
  actor: 'agt_coordinator',
  scope: { room: 'objectives', agentId: 'agt_writer', objectiveId: `obj_${ulid(1)}` },
  action: 'task.execute',
  target: `tsk_${ulid(1)}_4`,
  context: { objectiveId: `obj_${ulid(1)}`, capability: 'survey.buy', answers: 400, deadline: '2026-11-24' },
  options: ['buy 400 answers', 'buy 200 answers', 'wait for the next quarter'],
  choice,
  rationale:
    'Late deliveries are the largest complaint; 400 answers tell within two points whether the new promise helps.',
  confidence: 0.64,
  expectedImpact: impact(spendCents),
  reversible: 'no',
  outcome: { status, reason: 'waits for votes and a person' },
  ...more,
});
const cut = { reversible: 'yes', undo: 'order the refund while the survey has not begun' };
const done = {
  carriedOut: 'executing',
  outcome: { status: 'confirmed', outcome: 'done within its budget', impact: impact(4_140, 9), settledAt: at(-3_000) },
};
const mayNot = (because) => ({ voters: [], person: false, captainsVeto: true, you: { mayVote: false, because } });
const mayVote = (seconds) => ({
  until: at(seconds),
  voters: [],
  person: true,
  captainsVeto: true,
  you: { mayVote: true },
});

const decision = (n, status, proposed, more) => ({
  decisionId: `dec_${long(n)}`,
  status,
  actor: proposed[0].actor,
  action: proposed[0].action,
  target: proposed[0].target,
  choice: proposed[0].choice,
  confidence: proposed[0].confidence,
  spendCents: proposed[0].expectedImpact.spendCents,
  files: 0,
  proposals: proposed.length,
  needs: proposed[0].needs,
  votes: { for: 3, against: 1, abstained: 1, seats: 5 },
  openedAt: at(-3_600 * n),
  closesAt: at(1_500),
  digest: `sha256:${n}`,
  proposed,
  quorum: { approvals: 3, lineages: 3 },
  ballots: ballots(-3_500 * n, [3]),
  mayStillAct: mayNot(`The decision is ${status}`),
  ...more,
});
const ended = (by, reason) => ({ decidedAt: at(-3_200), decidedBy: by, reason });
const decisions = empty
  ? []
  : [
      decision(1, 'open', [proposal(201, 'buy 400 answers', 6_000, 'held')], { mayStillAct: mayVote(1_500) }),
      decision(
        2,
        'open',
        [proposal(202, 'buy 200 answers', 5_200, 'held', cut), proposal(203, 'buy 400 answers', 6_000, 'held')],
        { contest: 'survey', points: { [`eff_${long(202)}`]: 6, [`eff_${long(203)}`]: 4 }, mayStillAct: mayVote(240) },
      ),
      decision(
        3,
        'approved',
        [proposal(204, 'buy 100 answers', 5_000, 'confirmed', done)],
        ended('votes', '3 of 5 agree, from 3 lineages'),
      ),
      decision(
        4,
        'rejected',
        [proposal(205, 'send it to all customers', 9_000, 'denied')],
        ended('captain', 'not this month'),
      ),
      ...Array.from({ length: 60 }, (_, n) =>
        decision(
          5 + n,
          ['approved', 'expired', 'vetoed', 'rejected'][n % 4],
          [proposal(300 + n, `buy ${n + 20} answers`, 5_000 + n, 'denied')],
          ended('votes', 'decided long ago'),
        ),
      ),
    ];

function listDecisions({ url }) {
  const { status, actor, action, waitingFor } = Object.fromEntries(url.searchParams);
  return decisions
    .filter((one) => (!status || one.status === status) && (!actor || one.actor === actor))
    .filter((one) => (!action || one.action === action) && (waitingFor !== 'me' || one.mayStillAct.you.mayVote))
    .map(({ proposed: _, ballots: __, mayStillAct: ___, ...row }) => row);
}

function vote({ id, body }) {
  const one = decisions.find(({ decisionId }) => decisionId === id);
  const accepts = body.ranking ?? (body.choice === 'approve' ? ['eff_x'] : []);
  const mine = {
    voterId: 'operator',
    lineage: 'people',
    person: true,
    captain: true,
    accepts,
    abstains: body.choice === 'abstain',
    reason: body.reason,
    at: new Date().toISOString(),
  };
  const agreed = accepts.length > 0;
  one.ballots.push(mine);
  Object.assign(one, { status: agreed ? 'approved' : 'rejected', ...ended('operator', body.reason) });
  one.mayStillAct = mayNot(`The decision is ${one.status}`);
  return { body: one };
}

function veto({ id, body }) {
  const one = decisions.find(({ decisionId }) => decisionId === id);
  Object.assign(one, {
    status: 'vetoed',
    ...ended('operator', body.reason),
    mayStillAct: { ...mayNot('The decision is vetoed'), captainsVeto: false },
  });
  for (const each of one.proposed) each.outcome = { status: 'denied', reason: `vetoed: ${body.reason}` };
  return {
    body: {
      decisionId: id,
      status: 'vetoed',
      effects: Object.fromEntries(one.proposed.map(({ effectId }) => [effectId, 'denied'])),
    },
  };
}

const taken = (by, seconds, amount) => ({
  by,
  effectId: `eff_${long(60)}`,
  at: at(seconds),
  ...(amount && { amount }),
});
const limit = (name, unit, most, reserved, used, more = {}) => ({
  name,
  subject: 'all',
  unit,
  per: 'swarm',
  most,
  window: 'fixed',
  seconds: 3_600,
  reserved,
  used,
  left: Math.max(0, most - used - reserved),
  refused: 0,
  lastTaken: used > 0 ? taken('agt_writer', -40) : null,
  lastRefused: null,
  renewsAt: at(1_260),
  ...more,
});
const sliding = { window: 'sliding', seconds: 60, renewsAt: null };
const limits = empty
  ? []
  : [
      limit('swarm-calls-per-minute', 'apiCalls', 100, 12, 31, sliding),
      limit('swarm-spend-per-hour', 'spendCents', 1_000, 250, 640, {
        refused: 3,
        lastRefused: taken('agt_researcher', -320, 500),
      }),
      limit('approved-spend-per-day', 'spendCents', 50_000, 0, 4_140, { seconds: 86_400 }),
      limit('agent-spend-per-hour', 'spendCents', 1_000, 0, 1_000, {
        subject: 'agt_researcher',
        per: 'agent',
        refused: 12,
        lastRefused: taken('agt_researcher', -20, 40),
      }),
      limit('swarm-files-per-hour', 'files', 50, 0, 0),
      limit('swarm-tokens-per-hour', 'tokens', 10_000_000, 40_000, 2_310_400, { ...sliding, seconds: 3_600 }),
    ];

const notice = (n, severity, kind, title, body, due, count, subject) => ({
  noticeId: `ntc_${n}`,
  kind,
  severity,
  title,
  body,
  status: 'open',
  ladder: 'climbing',
  subject,
  needsAckBy: at(due),
  raisedAt: at(-600),
  count,
  rank: [`severity ${severity}`, due < 0 ? 'overdue' : 'to be answered soon', 'open for 10 min'],
  deliveries: [],
});
let notices = empty
  ? []
  : [
      notice(
        1,
        'critical',
        'root_late',
        'The audit has had no signed root for 6 minutes',
        'The sealer does not answer. Until it does, nothing new is proven.',
        -95,
        3,
        {},
      ),
      notice(
        2,
        'error',
        'decision_open',
        'A decision waits for a person',
        'Buy 400 answers for $60.00 needs somebody who may approve.',
        420,
        1,
        { decisionId: `dec_${long(1)}` },
      ),
      notice(
        3,
        'warning',
        'credential_expiring',
        'The token of agt_partner ends in 6 days',
        'npx lazyark credential rotate agt_partner',
        86_400,
        1,
        { agentId: 'agt_partner' },
      ),
    ];
const acknowledge = ({ id }) => {
  notices = notices.filter(({ noticeId }) => noticeId !== id);
  return { body: {} };
};
const openCounts = () =>
  Object.fromEntries(
    ['critical', 'error', 'warning', 'info'].map((s) => [s, notices.filter((one) => one.severity === s).length]),
  );

/** The routes; `page` cuts a list, `problem` makes a refusal. */
export const safetyRoutes = (page, problem) => {
  const oneKill = (id, show) => {
    const kill = kills.find(({ killId }) => killId === id);
    return kill ? { body: show(kill) } : problem(404, 'no_such_kill', `There is no kill ${id}`);
  };
  return {
    'GET control': () => ({ body: { ...control, kills: holding() } }),
    'POST kill': stop,
    'POST resume': resume,
    'GET kills': ({ url }) => page(kills.map(shown), url),
    'GET kills/:id': ({ id }) => oneKill(id, shown),
    'GET kills/:id/certificate': ({ id }) => oneKill(id, certificate),
    'GET decisions': ({ url }) => page(listDecisions({ url }), url),
    'GET decisions/:id': ({ id }) => {
      const found = decisions.find(({ decisionId }) => decisionId === id);
      return found ? { body: found } : problem(404, 'no_such_decision', `There is no decision ${id}`);
    },
    'POST decisions/:id/vote': vote,
    'POST decisions/:id/veto': veto,
    'GET limits': ({ url }) => page(limits, url),
    'GET notices': ({ url }) => ({ body: { ...page(notices, url).body, open: openCounts() } }),
    'POST notices/:id/acknowledge': acknowledge,
  };
};
