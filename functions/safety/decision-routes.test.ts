// Decisions over HTTP: found, read by a person, voted on and vetoed, and every refusal with its reason.
import { describe, expect, it } from 'vitest';
import { actingAsPrincipal } from '../common/http.test-support.ts';
import { decisionIdOf } from './decision.ts';
import { decisionRoutes } from './decision-routes.ts';
import { effectIdOf } from './gate.ts';
import { sweepDecisions } from './sweep-decisions.ts';
import { agent, approver, aVote, captain, free, OUTSIDE, REVIEWERS, votable } from './voting.test-support.ts';

const as = ({ principalId, roles }: { principalId: string; roles: readonly string[] }) =>
  actingAsPrincipal(principalId, ...(roles as never[]));
const viewer = { principalId: 'usr_eve', roles: ['viewer'] };

async function aServer(panel = OUTSIDE) {
  const vote = await aVote({ panel });
  const app = decisionRoutes(vote.deps, vote.control);
  const json = async (answer: Response) => ({
    status: answer.status,
    body: (await answer.json()) as Record<string, never> & { items: Record<string, unknown>[]; cursor?: string },
  });
  return {
    ...vote,
    get: async (path: string, who = viewer as { principalId: string; roles: readonly string[] }) =>
      json(await app.request(`/api/v1${path}`, {}, as(who))),
    post: async (path: string, body: object, who: { principalId: string; roles: readonly string[] }) =>
      json(
        await app.request(
          `/api/v1${path}`,
          { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
          as(who),
        ),
      ),
  };
}

describe('GET /decisions/{id}', () => {
  it('tells everything that a person needs to judge it, and who may still act', async () => {
    const { held, get, vote } = await aServer();
    const { decisionId, effectId } = await held(votable({ undo: 'ask for the money back', reversible: 'yes' }));
    await vote(decisionId, agent(3), { choice: 'reject', reason: 'too dear for what it is' });
    const { body } = await get(`/decisions/${decisionId}`);
    expect(body).toMatchObject({
      decisionId,
      status: 'open',
      action: 'task.execute',
      choice: 'agt_a',
      votes: { for: 0, against: 1, abstained: 0, seats: 5 },
      closesAt: '2026-03-01T10:10:00.000Z',
      ballots: [{ voterId: 'agt_3', accepts: [], reason: 'too dear for what it is', lineage: 'lineage-3' }],
      proposed: [
        {
          effectId,
          context: { objectiveId: 'obj_1' },
          options: ['agt_a', 'wait'],
          choice: 'agt_a',
          rationale: 'The plan asks for it and the worker is free',
          confidence: 1,
          expectedImpact: { spendCents: 5_000 },
          reversible: 'yes',
          undo: 'ask for the money back',
          outcome: { status: 'held' },
        },
      ],
      mayStillAct: {
        voters: ['agt_0', 'agt_1', 'agt_2', 'agt_4'],
        person: false,
        captainsVeto: true,
        you: { mayVote: false },
      },
    });
    expect(JSON.stringify(body)).not.toContain('fnc_1');
    expect((await get(`/decisions/${decisionId}`, agent(0))).body).toMatchObject({
      mayStillAct: { you: { mayVote: true } },
    });
  });

  it('says what became of it', async () => {
    const { held, get, gate } = await aServer(REVIEWERS);
    const { decisionId, effectId } = await held();
    await gate.propose([votable()]);
    await gate.settle({ effectId, fence: 'fnc_1', status: 'confirmed', reason: 'done' });
    const { body } = await get(`/decisions/${decisionId}`);
    expect(body).toMatchObject({
      status: 'approved',
      decidedBy: 'panel',
      proposed: [
        {
          carriedOut: 'cleared',
          outcome: { status: 'confirmed', settledAt: '2026-03-01T10:00:00.000Z' },
        },
      ],
      mayStillAct: { voters: [] },
    });
  });

  it('names the points of a contest and who may still come', async () => {
    const { held, get, at, deps } = await aServer();
    await held(votable({ contest: 'supplier', confidence: 0.6 }));
    const { effectId } = await held(votable({ contest: 'supplier', intentKey: 'tsk_2#1' }));
    const gathering = (await get(`/decisions/${decisionIdOf(effectId)}`)).body;
    expect(gathering).toMatchObject({
      status: 'gathering',
      contest: 'supplier',
      proposals: 2,
      points: { [effectId]: 0 },
      mayStillAct: { gatheringUntil: '2026-03-01T10:00:30.000Z', voters: [] },
    });
    at(30_000);
    await sweepDecisions(deps);
    const open = (await get(`/decisions/${decisionIdOf(effectId)}`)).body;
    expect(open).toMatchObject({
      status: 'open',
      needs: ['votes', 'person'],
      mayStillAct: { voters: ['agt_0', 'agt_1', 'agt_2', 'agt_3', 'agt_4'], person: true },
    });
  });

  it('also of what nobody was asked about: the gate decided', async () => {
    const { get, gate } = await aServer();
    await gate.propose([free({ intentKey: 'free' }), free({ intentKey: 'bad', target: 'bank.transfer' })]);
    const [open, denied] = await Promise.all(
      ['free', 'bad'].map((key) => get(`/decisions/${decisionIdOf(effectIdOf(key))}`)),
    );
    expect(open?.body).toMatchObject({
      status: 'approved',
      decidedBy: 'gate',
      proposed: [{ rationale: expect.any(String), outcome: { status: 'executing' } }],
    });
    expect(denied?.body).toMatchObject({ status: 'rejected', decidedBy: 'gate' });
    await gate.propose([votable({ intentKey: 'held' })]);
    expect((await get(`/decisions/${decisionIdOf(effectIdOf('held'))}`)).body).toMatchObject({
      status: 'open',
      needs: ['votes'],
    });
  });

  it.each(['dec_none', 'obj_1', `xxx_${effectIdOf('free').slice(4)}`])('knows no %s', async (id) => {
    const { get, gate } = await aServer();
    await gate.propose([free({ intentKey: 'free' })]);
    expect(await get(`/decisions/${id}`)).toMatchObject({ status: 404, body: { code: 'no_such_decision' } });
  });
});

describe('GET /decisions', () => {
  it('lists the newest first, by actor, action and status, page by page', async () => {
    const { held, get, vote, at } = await aServer();
    const first = await held(votable({ actor: 'growth/scan' }));
    at(1_000);
    const second = await held(votable({ intentKey: 'tsk_2#1' }));
    for (const n of [0, 1, 2]) await vote(second.decisionId, agent(n));
    const ids = async (query: string) =>
      (await get(`/decisions?${query}`)).body.items.map(({ decisionId }) => decisionId);
    expect(await ids('')).toEqual([second.decisionId, first.decisionId]);
    expect(await ids('actor=growth/scan')).toEqual([first.decisionId]);
    expect(await ids('status=approved')).toEqual([second.decisionId]);
    expect(await ids('action=task.execute&status=open')).toEqual([first.decisionId]);
    expect(await ids('action=mail.send')).toEqual([]);
    const page = await get('/decisions?limit=1');
    expect(page.body.items).toMatchObject([
      { decisionId: second.decisionId, decidedBy: 'panel', votes: { for: 3, against: 0, seats: 5 } },
    ]);
    expect(await ids(`limit=1&cursor=${encodeURIComponent(page.body.cursor ?? '')}`)).toEqual([first.decisionId]);
  });

  it('goes back over the turn of the year, and ends', async () => {
    const { held, get, at } = await aServer();
    const { decisionId } = await held();
    at(11 * 30 * 86_400_000);
    const { body } = await get('/decisions');
    expect(body).toMatchObject({ items: [{ decisionId }] });
    expect(body.cursor).toBeUndefined();
  });

  it('tells each caller what waits for them', async () => {
    const { held, get, vote } = await aServer();
    const { decisionId } = await held();
    const doubtful = await held(votable({ intentKey: 'tsk_2#1', confidence: 0.5 }));
    const waiting = async (who: { principalId: string; roles: readonly string[] }) =>
      (await get('/decisions?waitingFor=me', who)).body.items.map((item) => item.decisionId);
    expect((await waiting(agent(0))).sort()).toEqual([decisionId, doubtful.decisionId].sort());
    await vote(decisionId, agent(0));
    expect(await waiting(agent(0))).toEqual([doubtful.decisionId]);
    expect(await waiting(approver)).toEqual([doubtful.decisionId]);
    expect(await waiting(viewer)).toEqual([]);
    const paged = await get('/decisions?waitingFor=me&limit=1', agent(1));
    expect(paged.body.cursor).toBeDefined();
  });

  it.each(['status=maybe', 'cursor=2026-13|', 'cursor=2999-01|', 'cursor=x', 'limit=0', 'waitingFor=you'])(
    'refuses %s',
    async (query) => {
      const { get } = await aServer();
      expect(await get(`/decisions?${query}`)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    },
  );
});

describe('POST /decisions/{id}/vote', () => {
  const paper = { choice: 'approve', reason: 'it is worth it' };

  it('takes the vote and answers with the decision', async () => {
    const { held, post, decision } = await aServer();
    const { decisionId } = await held();
    const { digest } = await decision(decisionId);
    const { status, body } = await post(`/decisions/${decisionId}/vote`, { ...paper, digest }, agent(1));
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'open', votes: { for: 1 }, mayStillAct: { you: { mayVote: false } } });
  });

  it.each([
    { when: 'a second vote', who: agent(0), body: {}, status: 409, code: 'already_voted' },
    {
      when: 'another digest',
      who: agent(1),
      body: { digest: 'old' },
      status: 409,
      code: 'digest_changed',
      path: 'digest',
    },
    { when: 'a stranger', who: agent(8), body: {}, status: 403, code: 'not_a_voter' },
    {
      when: 'the author',
      who: { principalId: 'agt_worker', roles: ['agent', 'approver'] },
      body: {},
      status: 403,
      code: 'own_proposal',
    },
    {
      when: 'no choice',
      who: agent(1),
      body: { choice: undefined },
      status: 400,
      code: 'choice_missing',
      path: 'choice',
    },
    {
      when: 'a foreign option',
      who: agent(1),
      body: { choice: undefined, ranking: ['eff_x'] },
      status: 400,
      code: 'unknown_option',
      path: 'ranking',
    },
    { when: 'no reason', who: agent(1), body: { reason: '' }, status: 400, code: 'invalid_request', path: 'reason' },
    {
      when: 'an unknown field',
      who: agent(1),
      body: { weight: 5 },
      status: 400,
      code: 'invalid_request',
      path: 'weight',
    },
    { when: 'a viewer', who: viewer, body: {}, status: 403, code: 'role_missing' },
    {
      when: 'an identity of the inside',
      who: { principalId: 'rev_budget', roles: ['agent'] },
      body: {},
      status: 403,
      code: 'not_a_voter',
    },
  ])('refuses $when: $code', async ({ who, body, status, code, path }) => {
    const { held, post, decision, vote } = await aServer();
    const { decisionId } = await held();
    await vote(decisionId, agent(0));
    const before = await decision(decisionId);
    const answer = await post(`/decisions/${decisionId}/vote`, { ...paper, digest: before.digest, ...body }, who);
    expect(answer).toMatchObject({ status, body: { code } });
    if (path) expect(answer.body.errors).toMatchObject([{ path }]);
    expect(await decision(decisionId)).toEqual(before);
  });

  it('refuses a vote after the end, and on what does not exist', async () => {
    const { held, post, decision, at } = await aServer();
    const { decisionId } = await held();
    const { digest } = await decision(decisionId);
    at(10 * 60_000);
    expect(await post(`/decisions/${decisionId}/vote`, { ...paper, digest }, agent(1))).toMatchObject({
      status: 409,
      body: { code: 'voting_closed' },
    });
    expect(await post('/decisions/dec_none/vote', { ...paper, digest }, agent(1))).toMatchObject({ status: 404 });
  });
});

describe('POST /decisions/{id}/veto', () => {
  it('is the captain’s, with a reason', async () => {
    const { held, post, read } = await aServer();
    const { decisionId, effectId } = await held();
    const path = `/decisions/${decisionId}/veto`;
    expect(await post(path, { reason: 'no' }, captain)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'reason' }] },
    });
    expect(await post(path, { reason: 'not today' }, approver)).toMatchObject({
      status: 403,
      body: { code: 'role_missing' },
    });
    expect(await read(effectId)).toMatchObject({ status: 'held' });
    expect(await post(path, { reason: 'not today' }, captain)).toEqual({
      status: 200,
      body: { decisionId, status: 'vetoed', effects: { [effectId]: 'denied' } },
    });
    expect(await post('/decisions/dec_none/veto', { reason: 'not today' }, captain)).toMatchObject({
      status: 404,
      body: { code: 'no_such_decision' },
    });
  });
});
