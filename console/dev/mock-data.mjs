// DEVELOPMENT ONLY, never shipped: made-up objectives and agents for mock-server.mjs.

import { laneHeads } from './mock-audit.mjs';

const empty = process.argv.includes('--empty');
const startMs = Date.now();
const at = (seconds) => new Date(startMs + seconds * 1000).toISOString();
export const ulid = (n) => `01JD4Q8Z3X5C7V9B1N2M${String(n).padStart(6, '0')}`;
export const control = { mode: 'active', killed: false, reason: null, by: null, at: null };
export const moved = new Map();

const report = `# Why customers leave, and what to do first

**982 answers**, 20 June – 18 September. The score stands at **+31.4**; the goal is **+33.0**. Closing the two largest complaints is enough to reach it.

## Where the score comes from
| Group | Answers | Share | Change to last quarter |
|:--|--:|--:|--:|
| Promoters (9–10) | 511 | 52.0 % | +1.2 |
| Passives (7–8) | 268 | 27.3 % | −0.4 |
| Detractors (0–6) | 203 | 20.7 % | −0.8 |

## Main complaints
1. **Delivery was late** — 74 answers, worst in *Home & Garden* (NPS +8).
2. **Size did not fit** — 51 answers, nearly all in *Dresses*.
3. **Return took too long** — 33 answers.

> “Third time that the parcel came after the date you promised.”

## Actions, best first
- Promise a date only when the carrier confirmed it: **+1.1** expected, small effort.
- Show measurements of the model beside the size table: **+0.7** expected, small effort.
- Refund when the parcel is scanned, not when it is unpacked: **+0.4** expected, medium effort.
`;
const plan = [
  ['read', 'Read the feedback', 'feedback.read', [], -64, 3, 'agt_analyst', { input: 'feedback' }],
  [
    'nps',
    'Compute the net promoter score',
    'feedback.nps',
    ['read'],
    -61,
    9,
    'agt_analyst',
    { column: 'score', scale: '0-10' },
  ],
  [
    'complaints',
    'Find the main complaints',
    'text.complaints',
    ['read'],
    -61,
    24,
    'agt_analyst',
    { column: 'comment', most: 5 },
  ],
  ['segments', 'Compare departments', 'feedback.segments', ['read'], -60, 38, 'agt_analyst', { by: 'department' }],
  ['trend', 'Follow the trend over the quarter', 'feedback.trend', ['nps'], -52, 30, 'agt_analyst', { every: 'week' }],
  [
    'causes',
    'Connect complaints with departments',
    'text.causes',
    ['complaints', 'segments'],
    -22,
    900,
    'agt_strategist',
    {},
  ],
  [
    'rank',
    'Rank actions by effect and effort',
    'strategy.rank',
    ['causes', 'nps', 'trend'],
    null,
    0,
    null,
    { goal: '+5 %' },
  ],
  ['effort', 'Estimate the effort', 'strategy.effort', ['causes'], null, 0, null, {}],
  ['report', 'Write the report', 'report.write', ['rank', 'effort'], null, 0, null, { format: 'markdown' }],
];
const attempts = [1, 2, 3].map((attempt) => ({
  attempt,
  agentId: attempt === 2 ? 'agt_reader-2' : 'agt_analyst',
  error: {
    name: 'PermanentTaskError',
    message: `Line ${311 + attempt} has 7 fields where 6 were expected; the quote in field 5 is never closed.`,
    stack: ['at readCsv (functions/agents/skills/read-csv.ts:48:11)', 'at run (functions/agents/run-analyst.ts:22:18)'],
  },
  startedAt: at(-340 + attempt * 40),
  failedAt: at(-335 + attempt * 40),
}));

/** 'running': as planned · 'done': all of it long ago · 'dead': the complaints cannot be read, the rest waits */
function tasksOf(objectiveId, mode) {
  return plan.map((row, n) =>
    mode === 'dead' && n === 2 ? deadTask(objectiveId, row, n) : liveTask(objectiveId, row, n, mode),
  );
}

function liveTask(objectiveId, [id, title, capability, dependsOn, from, seconds, agentId, parameters], n, mode) {
  const started = mode === 'done' ? -4000 + n * 30 : mode === 'dead' && n > 4 ? null : from;
  const finished = started + (mode === 'done' ? 12 + n * 7 : seconds);
  const isOver = started !== null && startMs + finished * 1000 <= Date.now();
  const status = started === null ? 'pending' : isOver ? 'succeeded' : 'running';
  const taskId = `tsk_${objectiveId.slice(4)}_${n}`;
  const times = { startedAt: started === null ? null : at(started), finishedAt: isOver ? at(finished) : null };
  const result = isOver
    ? id === 'nps'
      ? { nps: 31.4, promoters: 511, passives: 268, detractors: 203 }
      : { rows: 982 }
    : null;
  const who = {
    agentId: started === null ? null : (agentId ?? 'agt_writer'),
    attempts: started === null ? 0 : n === 3 ? 2 : 1,
  };
  return { taskId, id, title, capability, status, dependsOn, parameters, ...who, ...times, result };
}

function deadTask(objectiveId, row, n) {
  const task = liveTask(objectiveId, row, n, 'running');
  return {
    ...task,
    status: 'dead_letter',
    attempts: 3,
    finishedAt: at(row[4] + row[5]),
    result: null,
    error: { ...attempts[2].error, transient: false, attempts },
  };
}

const wide = Array.from({ length: 1000 }, (_, n) => {
  const layer = Math.floor(n / 50);
  const status = layer < 8 ? 'succeeded' : layer === 8 ? 'running' : 'pending';
  return {
    taskId: `tsk_${ulid(7)}_${n}`,
    title: `Check product page ${n + 1}`,
    capability: 'noop',
    status,
    agentId: status === 'pending' ? null : `agt_noop-${n % 5}`,
    attempts: status === 'pending' ? 0 : 1,
    dependsOn: layer === 0 ? [] : [`tsk_${ulid(7)}_${n - 50}`, `tsk_${ulid(7)}_${(layer - 1) * 50 + ((n * 7) % 50)}`],
    parameters: {},
    startedAt: status === 'pending' ? null : at(-400 + layer * 40 + (n % 50) / 5),
    finishedAt: status === 'succeeded' ? at(-365 + layer * 40 + (n % 50) / 5) : null,
    result: status === 'succeeded' ? { ok: true } : null,
  };
});
const done = (tasks) => tasks.filter((task) => task.status === 'succeeded').length;
function objective(n, text, status, score, createdAt, more = {}) {
  const objectiveId = `obj_${ulid(n)}`;
  const now = moved.get(objectiveId) ?? status;
  const mode = { succeeded: 'done', failed: 'dead' }[status] ?? 'running';
  const tasks = more.tasks ?? (['queued', 'planning'].includes(now) ? [] : tasksOf(objectiveId, mode));
  const progress = {
    percent: tasks.length ? (done(tasks) / tasks.length) * 100 : 0,
    done: done(tasks),
    total: tasks.length,
    etaAt: now === 'running' ? at(380) : null,
  };
  const reasons = ['impact 8 of 10: +40', 'due in days: +12', 'waits since 4 m: +2', 'small plan: +4'];
  return {
    objectiveId,
    text,
    status: now,
    priority: { score, reasons },
    progress,
    createdAt: at(createdAt),
    finishedAt: now === 'succeeded' ? at(createdAt + 384) : null,
    tasks,
    pattern: {
      name: 'raise-nps',
      why: 'The text names the net promoter score, and an input holds answers with a score from 0 to 10.',
    },
    ...more.extra,
  };
}
export function objectives() {
  if (empty) return [];
  const first = [
    objective(1, 'Increase the net promoter score of our shop by 5 % this quarter', 'running', 78.4, -66),
    objective(7, 'Check all 1,000 product pages for missing measurements', 'running', 64, -420, {
      tasks: wide,
      extra: { pattern: null },
    }),
    objective(
      2,
      'Find out why returns of summer dresses doubled in August, and say what to change before the next collection is ordered',
      'running',
      61.2,
      -58,
    ),
    objective(3, 'Summarise the reviews of the new checkout', 'planning', 58, -9),
    objective(4, 'Rank suppliers by punctuality', 'queued', 44.5, -30),
    objective(5, 'Weekly report on delivery complaints', 'failed', 52, -320, {
      extra: {
        problem:
          'The task “Find the main complaints” has no attempt left: the input feedback.csv cannot be read from line 312 on.',
      },
    }),
    objective(
      6,
      'Average rating, share who recommend, worst department and main complaints of 1,000 reviews',
      'succeeded',
      70,
      -4000,
      {
        extra: {
          result: {
            report,
            nps: 31.4,
            answers: 982,
            worstDepartment: 'Home & Garden',
            complaints: [
              { topic: 'late delivery', answers: 74 },
              { topic: 'size', answers: 51 },
            ],
          },
        },
      },
    ),
    objective(8, 'Compare our prices with last month', 'paused', 31, -900),
    objective(9, 'Draft answers to the ten angriest comments', 'cancelled', 20, -7200),
  ];
  const texts = [
    'Summarise yesterday’s feedback',
    'Find products with falling ratings',
    'Report on response times of support',
    'Rank the reasons for returns',
  ];
  return [
    ...first,
    ...Array.from({ length: 400 }, (_, n) =>
      objective(100 + n, `${texts[n % 4]}, week ${52 - (n % 52)}`, 'succeeded', 30 + (n % 40), -8000 - n * 700),
    ),
  ];
}
const AGENTS = [
  [
    'analyst',
    'Analyst',
    'Reads data and computes figures',
    'insights',
    ['feedback.read', 'feedback.nps', 'feedback.segments', 'feedback.trend', 'text.complaints', 'text.topics'],
    'builtin',
    'ready',
    3,
    8,
    1204,
    18,
  ],
  [
    'strategist',
    'Strategist',
    'Finds causes and ranks actions',
    'strategy',
    ['text.causes', 'strategy.rank', 'strategy.effort'],
    'builtin',
    'ready',
    4,
    4,
    311,
    2,
  ],
  ['writer', 'Writer', 'Writes reports for people', 'communication', ['report.write'], 'builtin', 'ready', 0, 4, 96, 0],
  [
    'reader-2',
    'Reader on another machine',
    'Reads large files',
    'insights',
    ['feedback.read', 'text.complaints'],
    'pull',
    'lost',
    0,
    2,
    40,
    9,
  ],
  ['price-watch', 'Price watch', 'Compares prices', 'purchasing', ['web.prices'], 'webhook', 'registered', 0, 1, 0, 0],
  ['noop', 'Noop', 'Does nothing, for measurements', 'operations', ['noop'], 'builtin', 'ready', 50, 100, 40_210, 0],
];
const lastSeen = {
  registered: () => null,
  lost: () => at(-190),
  ready: () => new Date(Date.now() - 4000).toISOString(),
};

export function agents() {
  if (empty) return [];
  return AGENTS.map(([name, title, role, department, capabilities, transport, status, , concurrency]) => {
    const lastSeenAt = lastSeen[status]();
    return {
      agentId: `agt_${name}`,
      title,
      role,
      department,
      capabilities,
      transport,
      status,
      concurrency,
      lastSeenAt,
    };
  });
}

const workOf = ([name, , , , , , , running, concurrency, succeeded, failed]) => [
  `agt_${name}`,
  { load: running / concurrency, running, succeeded, failed },
];
export function status() {
  const all = objectives();
  const count = Object.fromEntries(
    ['queued', 'planning', 'running', 'paused', 'succeeded', 'failed', 'cancelled'].map((name) => [
      name,
      all.filter((one) => one.status === name).length,
    ]),
  );
  const needs = [
    {
      kind: 'dead_letter',
      id: `tsk_${ulid(5)}_2`,
      title: 'Find the main complaints',
      since: at(-220),
      what: 'the CSV cannot be read from line 312 on; 3 attempts',
    },
    {
      kind: 'objective_failed',
      id: `obj_${ulid(5)}`,
      title: 'Weekly report on delivery complaints',
      since: at(-219),
      what: 'a task has no attempt left',
    },
    {
      kind: 'objective_stalled',
      id: `obj_${ulid(8)}`,
      title: 'Compare our prices with last month',
      since: at(-840),
      what: 'no agent can do web.prices',
    },
  ];
  return {
    mode: empty ? 'not_bootstrapped' : control.mode,
    environment: { kind: 'embedded' },
    version: '0.1.0',
    objectives: count,
    tasks: {
      running: control.killed || empty ? 0 : 57,
      waiting: empty ? 0 : 558,
      deadLetter: empty ? 0 : 1,
      doneLastHour: empty ? 0 : 1284,
      p50Ms: empty ? null : 412,
      p95Ms: empty ? null : 8_640,
    },
    agents: { healthy: empty ? 0 : 4, lost: empty ? 0 : 1, registered: empty ? 0 : 1 },
    work: empty ? {} : Object.fromEntries(AGENTS.map(workOf)),
    silent: [],
    audit: { lanes: laneHeads },
    needsPerson: empty ? [] : needs,
    me: { principalId: 'operator', roles: ['viewer', 'operator', 'approver', 'captain', 'auditor'] },
  };
}
