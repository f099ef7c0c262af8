// HTTP of notices: what people should know, in order of rank, and their answers.
import { createRoute } from '@hono/zod-openapi';
import { logsAccess } from '../common/access-log.ts';
import {
  type HttpApp,
  HttpProblem,
  httpApp,
  jsonAnswer,
  jsonBody,
  may,
  PageQuery,
  problems,
  z,
} from '../common/http.ts';
import { said } from '../common/said.ts';
import { type AnswerDeps, answerNotice } from './answer-notice.ts';
import { type ChannelSecrets, InvalidChannelSecrets, parseChannelSecrets } from './channel-secrets.ts';
import { NoticeWanted } from './events.ts';
import { noticeIdOf, Severity } from './notice.ts';
import { countOpen, listNotices, lookAtNotice, type NoticeView } from './notices.ts';

const Delivery = z.looseObject({
  round: z.int(),
  channel: z.string(),
  status: z.enum(['sending', 'delivered', 'failed', 'unknown', 'skipped']),
  reason: z.string(),
  attempts: z.int(),
  at: z.string(),
});
const Notice = z
  .looseObject({
    noticeId: z.string(),
    kind: z.string(),
    severity: z.enum(['critical', 'error', 'warning', 'info']),
    title: z.string(),
    body: z.string(),
    status: z.enum(['open', 'acknowledged', 'resolved']),
    ladder: z.string().openapi({ description: 'wanted, climbing, digest, digested, console, exhausted or stopped' }),
    needsAckBy: z.string(),
    count: z.int(),
    rank: z.array(z.string()).openapi({ description: 'why it stands where it stands' }),
    deliveries: z.array(Delivery),
  })
  .openapi('Notice');
const Counts = z.object({ critical: z.int(), error: z.int(), warning: z.int(), info: z.int() });
const NoticeId = z.object({
  noticeId: z
    .string()
    .max(100)
    .openapi({ param: { name: 'noticeId', in: 'path' } }),
});
const Note = z.strictObject({ note: said(500).optional() });
const Said = z.strictObject({
  title: z.string().trim().min(1).max(200),
  body: z.string().trim().min(1).max(4_000),
  severity: Severity.default('info'),
});
const Configured = z
  .object({ channels: z.array(z.string()), people: z.array(z.string()) })
  .openapi('ConfiguredChannels');

export type NoticeRoutesDeps = AnswerDeps & { putChannels: (secret: string) => Promise<void> };

const noSuch = (noticeId: string) => new HttpProblem(404, 'no_such_notice', `There is no notice ${noticeId}`);
const shown = (view: NoticeView | undefined, noticeId: string): never => {
  if (!view) throw noSuch(noticeId);
  return view as never;
};

export function noticeRoutes(deps: NoticeRoutesDeps): HttpApp {
  const app = httpApp();
  reading(app, deps);
  answering(app, deps);
  telling(app, deps);
  return app;
}

function reading(app: HttpApp, deps: NoticeRoutesDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/notices',
    summary: 'What people should know: open ones by rank, answered ones newest first',
    middleware: may('viewer'),
    request: { query: PageQuery.extend({ status: z.enum(['open', 'answered']).default('open') }) },
    responses: {
      200: jsonAnswer(z.object({ items: z.array(Notice), open: Counts, cursor: z.string().optional() }), 'A page'),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(list, async (c) => {
    const [page, open] = await Promise.all([listNotices(c.req.valid('query'), deps), countOpen(deps)]);
    return c.json({ ...page, open } as never, 200);
  });
  const one = createRoute({
    method: 'get',
    path: '/api/v1/notices/{noticeId}',
    summary: 'One notice with every delivery',
    middleware: may('viewer'),
    request: { params: NoticeId },
    responses: { 200: jsonAnswer(Notice, 'The notice'), ...problems(400, 401, 403, 404) },
  });
  app.openapi(one, async (c) => {
    const { noticeId } = c.req.valid('param');
    return c.json(shown(await lookAtNotice(noticeId, deps), noticeId), 200);
  });
}

function answering(app: HttpApp, deps: NoticeRoutesDeps): void {
  for (const [verb, status, summary] of ANSWERS) {
    const route = createRoute({
      method: 'post',
      path: `/api/v1/notices/{noticeId}/${verb}`,
      summary,
      middleware: may('operator', 'approver', 'captain'),
      request: { params: NoticeId, body: jsonBody(Note) },
      responses: { 200: jsonAnswer(Notice, 'The notice now'), ...problems(400, 401, 403, 404) },
    });
    app.openapi(route, async (c) => {
      const { noticeId } = c.req.valid('param');
      const { note } = c.req.valid('json');
      const answered = await answerNotice(noticeId, { status, by: c.get('principal').principalId, note }, deps);
      if (answered.kind === 'no_such_notice') throw noSuch(noticeId);
      return c.json(shown(await lookAtNotice(noticeId, deps), noticeId), 200);
    });
  }
}

/** What people themselves want others to know, and by which channels everybody is reached. */
function telling(app: HttpApp, deps: NoticeRoutesDeps): void {
  const raise = createRoute({
    method: 'post',
    path: '/api/v1/notices',
    summary: 'Tell the people who watch the swarm something; also the way to try whether it reaches them',
    middleware: may('operator', 'approver', 'captain'),
    request: { body: jsonBody(Said) },
    responses: { 202: jsonAnswer(z.object({ noticeId: z.string() }), 'It will be raised'), ...problems(400, 401, 403) },
  });
  app.openapi(raise, async (c) => {
    const { title, body, severity } = c.req.valid('json');
    const by = c.get('principal').principalId;
    const key = `said#${c.get('requestUlid') ?? `${by}#${deps.now().toISOString()}`}`;
    const said = { kind: 'said_by_person', severity, title, body, subject: { by } };
    await deps.announce(NoticeWanted, { key, ...said, occurrence: key });
    return c.json({ noticeId: noticeIdOf(key) }, 202);
  });
  const channels = createRoute({
    method: 'post',
    path: '/api/v1/notices/channels',
    summary: 'Replace the secret of the channels: addresses, keys and numbers. It is written and never read back',
    middleware: [logsAccess('channels set', deps), may('captain')] as const,
    request: { body: jsonBody(z.looseObject({})) },
    responses: { 200: jsonAnswer(Configured, 'What is configured now'), ...problems(400, 401, 403) },
  });
  app.openapi(channels, async (c) => {
    const text = JSON.stringify(c.req.valid('json'));
    const { people, ownReceivers, ...configured } = parsed(text);
    await deps.putChannels(text);
    return c.json({ channels: Object.keys(configured), people: Object.keys(people) }, 200);
  });
}

/** Where it is wrong, and nothing of what is there: an error is not a place for secrets. */
function parsed(text: string): ChannelSecrets {
  try {
    return parseChannelSecrets(text);
  } catch (error) {
    if (!(error instanceof InvalidChannelSecrets)) throw error;
    const errors = error.fields.map((path) => ({ path, expected: 'what docs/escalation.md describes' }));
    throw new HttpProblem(400, 'invalid_request', error.message, errors);
  }
}

const ANSWERS = [
  ['acknowledge', 'acknowledged', 'I have seen it: its ladder stops at once'],
  ['resolve', 'resolved', 'What it was about has passed'],
] as const;
