// DEVELOPMENT ONLY, never shipped: made-up snapshots, drills, people, credentials and policies for mock-server.mjs.
const empty = process.argv.includes('--empty');
const startMs = Date.now();
const at = (hours) => new Date(startMs + hours * 3_600_000).toISOString();
const list = (items) => () => ({ body: { items: empty ? [] : items } });
const digest = 'ab12cd34'.repeat(8);

const rooms = ['agents', 'safety'].map((room, n) => ({ room, items: 42 + n * 7, digest, manifestSha256: digest }));
const snapshots = Array.from({ length: 5 }, (_, n) => ({
  ...{ snapshotId: `snp_20261120T${10 - n}0000Z_4F7K2Q${n}`, beganAt: at(-n), by: n ? 'schedule' : 'operator' },
  ...{ status: ['taking', 'complete', 'complete', 'failed', 'complete'][n], why: n ? 'hourly' : 'before the upgrade' },
  ...(n > 0 && n !== 3 ? { consistentAt: at(-n), rooms } : {}),
  ...(n === 3 ? { error: 'safety: the manifest could not be written' } : {}),
}));
const restored = (room, changed, same) => ({
  room,
  equal: 40,
  changed,
  stricter: changed ? ['control flags'] : [],
  same,
});
const restores = [
  {
    ...{ restoreId: 'rst_20261119T090000Z_9X2M', snapshotId: 'snp_20261119T080000Z_1B4C', status: 'complete' },
    ...{ beganAt: at(-26), endedAt: at(-25.99), by: 'operator', why: 'drill of the way back' },
    ...{
      rooms: [restored('agents', 3, true), restored('safety', 0, true)],
      configurationDiffers: ['config/gate.yaml'],
    },
  },
];
const action = (name, result, detail = '') => ({ action: name, result, detail, durationMs: 412 });
const drills = ['passed', 'failed'].map((result, n) => ({
  ...{ drillId: `drl_${n}`, at: at(-9 - 24 * n), result },
  actions: [
    action('setting.change', 'undone'),
    action('file.write', result === 'passed' ? 'undone' : 'failed', 'the file was not put back'),
  ],
  notDrilled: [{ action: 'payout.submit', reason: 'no way back: it needs a person' }],
}));
const person = (n, title, roles, status, lastUsedAt) => ({
  ...{ principalId: `prn_01JD4Q8Z3X5C7V9B1N2M00000${n}`, title, roles, status, lastUsedAt, createdBy: 'operator' },
  ...{
    createdAt: at(-2_000),
    expiresAt: at(status === 'expired' ? -30 : 900),
    revokedAt: status === 'revoked' ? at(-300) : null,
  },
});
const people = [
  person(1, 'Ada, on call', ['viewer', 'operator', 'approver'], 'active', at(-1)),
  person(2, 'Auditor of 2026', ['auditor'], 'active', null),
  person(3, 'Old laptop', ['viewer'], 'expired', at(-700)),
  person(4, 'Contractor', ['operator'], 'revoked', at(-310)),
];
const credential = (name, kind, status, warning, hours, pool = null) => ({
  ...{ name, kind, provider: 'example', pool, chosen: warning === null, status, warning, reason: null },
  ...{ rotatedAt: at(-400), rotateBy: at(hours), expiresAt: at(hours + 48) },
});
const credentials = [
  credential('operator-token', 'token', 'ok', null, 900),
  credential('mail', 'oauth2', 'ok', 'expiring', 60, 'mail'),
  credential('search-key', 'api-key', 'refused', 'refused', -10, 'search'),
];
const change = (version) => ({
  version,
  digest,
  by: 'operator',
  at: at(-version),
  reason: version === 3 ? 'forbid file writes outside of reports' : 'bootstrap',
});
const policies = {
  ...change(3),
  files: {
    'gate.yaml': 'holds:\n  votesAboveCents: 5000\n',
    'base.cedar': '@id("people-first")\nforbid (principal, action, resource)\nwhen { context.money };\n',
  },
  policies: [
    { id: 'people-first', file: 'base.cedar', effect: 'forbid' },
    { id: 'tasks', file: 'base.cedar', effect: 'permit' },
  ],
};

/** Routes by their pattern. */
export const settingsRoutes = {
  'GET snapshots': list(snapshots),
  'POST snapshots': () => ({ status: 202, body: { snapshotId: 'snp_new' } }),
  'POST snapshots/:id/restore': () => ({ status: 202, body: { restoreId: 'rst_new' } }),
  'GET restores': list(restores),
  'GET drills': list(drills),
  'POST drills': () => ({ status: 202, body: { drillId: 'drl_new' } }),
  'GET principals': list(people),
  'POST principals': ({ body }) => ({
    status: 201,
    body: { ...person(5, body.title, body.roles, 'active', null), token: 'lzk_this-is-made-up-and-opens-nothing-4711' },
  }),
  'POST principals/:id/revoke': () => ({ body: {} }),
  'GET credentials': list(credentials),
  'POST credentials/:id/rotate': () => ({ status: 202, body: {} }),
  'GET policies': () => ({ body: policies }),
  'GET policies/history': list([3, 2, 1].map(change)),
  'POST policies/rollback': () => ({ body: {} }),
};
