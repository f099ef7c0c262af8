// lazyark decision: what is sent, what is shown, and bad usage that sends nothing.
import { afterEach, describe, expect, it } from 'vitest';
import { type Asked, aProblem, type FakeApi, fakeApi, type Routes } from '../../test/builders/fake-api.ts';
import { runCommandLine } from './program.ts';

const opened: FakeApi[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((api) => api.close()));
});

async function run(routes: Routes, ...argv: string[]) {
  const api = await fakeApi(routes);
  opened.push(api);
  const ran = { out: '', err: '' };
  const screen = (name: 'out' | 'err') => ({
    write: (text: string) => {
      ran[name] += text;
    },
    isTty: false,
    columns: 100,
    rows: 30,
    colours: false,
  });
  const env = { LAZYARK_ENDPOINT: api.url, LAZYARK_TOKEN: 'secret' };
  const code = await runCommandLine(['decision', ...argv], {
    terminal: { stdout: screen('out'), stderr: screen('err') },
    env,
  });
  return { code, asked: api.asked, ...ran };
}
const bodyOf = (asked: Asked | undefined): unknown => JSON.parse(String(asked?.body));

const summary = {
  decisionId: 'dec_1',
  status: 'open',
  action: 'task.execute',
  actor: 'objectives',
  target: 'report.write',
  spendCents: 5_000,
  votes: { for: 1, against: 0, seats: 5 },
  openedAt: '2026-11-20T10:00:00Z',
};
const decision = {
  ...summary,
  digest: 'abc',
  proposed: [{ effectId: 'eff_1', rationale: 'it pays' }],
  ballots: [
    { voterId: 'rev_budget', accepts: ['eff_1'], abstains: false, captain: false, reason: 'within \u001b[31mthe day' },
    { voterId: 'rev_scope', accepts: [], abstains: false, captain: false, reason: 'nobody answers for it' },
    { voterId: 'usr_ann', accepts: [], abstains: true, captain: false, reason: 'cannot tell' },
  ],
  mayStillAct: { voters: ['agt_1'] },
};
const VOTE = 'POST /api/v1/decisions/dec_1/vote';
const SHOW = 'GET /api/v1/decisions/dec_1';

describe('lazyark decision', () => {
  it('lists what waits, by the filters given', async () => {
    const list = {
      'GET /api/v1/decisions': () => ({ json: { items: [summary, { ...summary, spendCents: undefined }] } }),
    };
    const ran = await run(list, 'list', '--status', 'open', '--actor', 'objectives', '--waiting-for-me');
    expect(ran.out).toMatch(
      /\ndec_1 +2026-11-20T10:00:00Z +open +1:0 of 5 +\$50.00 +task.execute +objectives +report.write\n/,
    );
    expect(Object.fromEntries(ran.asked[0]?.query ?? [])).toEqual({
      limit: '50',
      status: 'open',
      actor: 'objectives',
      waitingFor: 'me',
    });
    expect((await run(list, 'list')).asked[0]?.query.has('waitingFor')).toBe(false);
  });

  it('shows the proposals, the votes with their reasons, and who may still act', async () => {
    const { out } = await run({ [SHOW]: () => ({ json: decision }) }, 'show', 'dec_1');
    expect(out).toContain('rationale  it pays');
    expect(out).toContain(
      'rev_budget for: within [31mthe day\nrev_scope against: nobody answers for it\nusr_ann abstained: cannot tell\n',
    );
    expect(out).toContain('mayStillAct  {"voters":["agt_1"]}');
    expect((await run({ [SHOW]: () => ({ json: { ...decision, ballots: [] } }) }, 'show', 'dec_1')).out).not.toContain(
      'for:',
    );
  });

  it.each([
    { said: ['--approve'], body: { choice: 'approve' } },
    { said: ['--reject'], body: { choice: 'reject' } },
    { said: ['--abstain'], body: { choice: 'abstain' } },
    { said: ['--rank', 'eff_2, eff_1'], body: { ranking: ['eff_2', 'eff_1'] } },
  ])('votes $said on what the decision says now', async ({ said, body }) => {
    const routes = { [SHOW]: () => ({ json: decision }), [VOTE]: () => ({ json: decision }) };
    const ran = await run(routes, 'vote', 'dec_1', ...said, '--reason', 'it pays');
    expect([ran.code, ran.out]).toEqual([0, 'dec_1 open: 1 for, 0 against, 5 seats\n']);
    expect(bodyOf(ran.asked[1])).toEqual({ ...body, reason: 'it pays', digest: 'abc' });
  });

  it('votes on what was read when its digest is given, and says why it was refused', async () => {
    const routes = { [VOTE]: () => aProblem(409, 'digest_changed', 'read it again') };
    const ran = await run(routes, 'vote', 'dec_1', '--approve', '--reason', 'it pays', '--digest', 'old');
    expect(ran.asked).toHaveLength(1);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('digest_changed')]);
  });

  it.each([{ said: [] }, { said: ['--approve', '--reject'] }, { said: ['--approve', '--rank', 'eff_1'] }])(
    'refuses $said and sends nothing',
    async ({ said }) => {
      const ran = await run({}, 'vote', 'dec_1', ...said, '--reason', 'it pays');
      expect([ran.code, ran.asked]).toEqual([2, []]);
      expect(ran.err).toContain('one of --approve');
    },
  );

  it('vetoes with a reason', async () => {
    const answer = { decisionId: 'dec_1', status: 'vetoed', effects: { eff_1: 'denied' } };
    const ran = await run(
      { 'POST /api/v1/decisions/dec_1/veto': () => ({ json: answer }) },
      'veto',
      'dec_1',
      '--reason',
      'not today',
    );
    expect(ran.out).toContain('effects     {"eff_1":"denied"}');
    expect(bodyOf(ran.asked[0])).toEqual({ reason: 'not today' });
  });
});
