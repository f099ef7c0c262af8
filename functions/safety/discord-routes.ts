// HTTP for Discord: slash commands that stop the swarm or override a decision, proven by a signature over the raw body.
import { createRoute } from '@hono/zod-openapi';
import { type HttpApp, HttpProblem, httpApp, mayAnybody, problems } from '../common/http.ts';
import { logger } from '../common/lambda.ts';
import { type ControlDeps, stopScope } from './control-swarm.ts';
import type { DecisionDeps } from './decision-work.ts';
import { type DiscordConfig, Interaction, isFresh, isGenuine, messageOf, type Order, orderOf } from './discord.ts';
import { vetoDecision } from './veto-decision.ts';

export type DiscordDeps = ControlDeps & {
  discord: DiscordConfig;
  voting: DecisionDeps;
  /** rejects after this long */
  deadline(ms: number): Promise<never>;
};

/** Discord waits 3 s; what the store has not answered by then is said to be open. */
const ANSWER_MS_MAX = 2_400;

export function discordRoutes(deps: DiscordDeps): HttpApp {
  const app = httpApp();
  const interactions = createRoute({
    method: 'post',
    path: '/api/v1/discord/interactions',
    summary: 'Interactions of the Discord application, signed by Discord',
    middleware: mayAnybody(),
    responses: { 200: { description: 'An answer as Discord wants it' }, ...problems(400, 401, 409, 503) },
  });
  app.openapi(interactions, async (c) => {
    const body = new Uint8Array(await c.req.arrayBuffer());
    const timestamp = c.req.header('x-signature-timestamp');
    const signed = { signature: c.req.header('x-signature-ed25519'), timestamp, body };
    return c.json(await answerTo(signed, deps), 200);
  });
  return app;
}

type Signed = Parameters<typeof isGenuine>[0];

async function answerTo(signed: Signed, deps: DiscordDeps): Promise<object> {
  const { publicKey, people } = deps.discord;
  if (publicKey === '') throw new HttpProblem(503, 'discord_not_set_up', 'config/discord.yaml has no public key');
  if (!isGenuine(signed, publicKey)) throw new HttpProblem(401, 'signature_wrong', 'The signature does not fit');
  if (!isFresh(signed.timestamp, deps.now().getTime()))
    throw new HttpProblem(401, 'timestamp_stale', 'The signature is older than five minutes, or from the future');
  const interaction = interactionIn(signed.body);
  const order = orderOf(interaction, people);
  if (order.kind === 'pong') return { type: 1 };
  if (order.kind === 'say') {
    logger.warn('a slash command was refused', { interactionId: interaction.id, why: order.text });
    return messageOf(order.text, true);
  }
  return carryOutOnce(interaction, order, deps);
}

function interactionIn(body: Uint8Array): Interaction {
  try {
    return Interaction.parse(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch {
    throw new HttpProblem(400, 'not_an_interaction', 'The body is signed, but it is no interaction', [
      { path: '(body)', expected: 'an interaction of Discord' },
    ]);
  }
}

type Doing = Extract<Order, { kind: 'kill' | 'veto' }>;

/** In time for Discord, whatever the store does. A kill that was not confirmed in time is not said to hold. */
async function carryOutOnce(interaction: Interaction, order: Doing, deps: DiscordDeps): Promise<object> {
  const doing = once(interaction, deps).then(() => (order.kind === 'kill' ? kill(order, deps) : veto(order, deps)));
  doing.catch((error: Error) => logger.error('a slash command failed', { interactionId: interaction.id, error }));
  try {
    return messageOf(await Promise.race([doing, deps.deadline(ANSWER_MS_MAX)]));
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    return messageOf('NOT CONFIRMED: the store did not answer in time. It may hold or not: look, and press again.');
  }
}

/** An interaction is carried out once: its id is kept. */
async function once({ id }: Interaction, { tables, table, now }: DiscordDeps): Promise<void> {
  const expiresAt = Math.floor(now().getTime() / 1_000) + 86_400;
  const put = { pk: `discord#${id}`, sk: 'interaction', expiresAt, by: 'discord', why: 'a slash command came in' };
  const outcome = await tables.write([{ table, put, if: { missing: 'pk' } }]);
  if (!outcome.written) throw new HttpProblem(409, 'interaction_replayed', `The interaction ${id} came before`);
}

async function kill({ person, reason }: Extract<Doing, { kind: 'kill' }>, deps: DiscordDeps): Promise<string> {
  const { killId } = await stopScope('everything', reason, `discord:${person.name}`, deps);
  return `STOPPED by ${person.name}: nothing new starts. ${killId} is being contained. Reason: ${reason}`;
}

async function veto(order: Extract<Doing, { kind: 'veto' }>, deps: DiscordDeps): Promise<string> {
  const { decisionId, person, reason } = order;
  const answer = await vetoDecision({ decisionId, by: `discord:${person.name}`, reason }, deps.voting);
  if (answer.kind === 'no_such_decision') return `There is no decision ${decisionId}; nothing was changed.`;
  const effects = Object.entries(answer.effects).map(([effectId, became]) => `${effectId}: ${became}`);
  return `VETOED by ${person.name}: ${decisionId}. ${effects.join(', ')}`;
}
