// What a Discord interaction is, whether it is genuine and fresh, and what its sender may do. Pure.
import { createPublicKey, verify } from 'node:crypto';
import * as z from 'zod';
import { Role } from '../common/roles.ts';

/** config/discord.yaml */
export const DiscordConfig = z.strictObject({
  /** of the application, 64 hexadecimal digits; empty: not set up */
  publicKey: z.string().regex(/^([0-9a-f]{64})?$/i, '64 hexadecimal digits, or nothing'),
  people: z
    .array(
      z.strictObject({
        userId: z.string().regex(/^\d{15,21}$/, 'a Discord user id'),
        name: z.string().trim().min(1).max(100),
        roles: z.array(Role).min(1),
      }),
    )
    .max(100),
});
export type DiscordConfig = z.infer<typeof DiscordConfig>;
export type Person = DiscordConfig['people'][number];

const User = z.object({ id: z.string().max(30) });
const Option = z.object({ name: z.string(), value: z.union([z.string(), z.number(), z.boolean()]).optional() });
export const Interaction = z.looseObject({
  id: z.string().min(1).max(30),
  type: z.int(),
  user: User.optional(),
  member: z.looseObject({ user: User }).optional(),
  data: z.looseObject({ name: z.string(), options: z.array(Option).max(25).default([]) }).optional(),
});
export type Interaction = z.output<typeof Interaction>;

const PING = 1;
const COMMAND = 2;
/** Discord documents no tolerance; older than this is a replay. */
const AGE_SECONDS_MAX = 300;
/** SubjectPublicKeyInfo of an Ed25519 key, but for the key. */
const SPKI_PREFIX = '302a300506032b6570032100';

export type Signed = { signature: string | undefined; timestamp: string | undefined; body: Uint8Array };

/** The signature is over the timestamp and the body as they came, byte for byte. */
export function isGenuine({ signature, timestamp, body }: Signed, publicKey: string): boolean {
  if (!signature || !/^[0-9a-f]{128}$/i.test(signature) || !timestamp || publicKey.length !== 64) return false;
  const key = createPublicKey({ key: Buffer.from(SPKI_PREFIX + publicKey, 'hex'), format: 'der', type: 'spki' });
  return verify(null, Buffer.concat([Buffer.from(timestamp), body]), key, Buffer.from(signature, 'hex'));
}

/** Neither old nor from the future. */
export function isFresh(timestamp: string | undefined, nowMs: number): boolean {
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(nowMs / 1_000 - Number(timestamp)) <= AGE_SECONDS_MAX;
}

export type Order =
  | { kind: 'pong' }
  | { kind: 'kill'; person: Person; reason: string }
  | { kind: 'veto'; person: Person; decisionId: string; reason: string }
  | { kind: 'say'; text: string };

const REASON_CHARACTERS_MAX = 400;

/** What is to be done about a genuine interaction, or what is to be said instead. */
export function orderOf(interaction: Interaction, people: readonly Person[]): Order {
  if (interaction.type === PING) return { kind: 'pong' };
  if (interaction.type !== COMMAND || !interaction.data) return say('Only slash commands are understood here.');
  const { name, options } = interaction.data;
  const person = personOf(interaction, people);
  if (!person) return say('Refused: your Discord user is not on the list of this installation.');
  const said = (option: string) => String(options.find((one) => one.name === option)?.value ?? '').trim();
  const reason = said('reason').slice(0, REASON_CHARACTERS_MAX);
  if (name === 'kill-autonomous') {
    if (!mayOne(person, ['operator', 'approver', 'captain'])) return refused(person, name);
    return { kind: 'kill', person, reason: reason || `/${name} by ${person.name}` };
  }
  if (name === 'captain-override') {
    if (!mayOne(person, ['captain'])) return refused(person, name);
    const decisionId = said('decision');
    if (!/^dec_[\w-]{1,100}$/.test(decisionId)) return say('Which decision? Its id begins with dec_.');
    return { kind: 'veto', person, decisionId, reason: reason || `/${name} by ${person.name}` };
  }
  return say(`/${name.slice(0, 50)} is not known here.`);
}

/** In a server the sender is a member, in a direct message a user. The signature covers both. */
function personOf({ member, user }: Interaction, people: readonly Person[]): Person | undefined {
  const userId = member?.user.id ?? user?.id;
  return people.find((person) => person.userId === userId);
}

const mayOne = ({ roles }: Person, wanted: readonly Role[]): boolean => roles.some((role) => wanted.includes(role));
const say = (text: string): Order => ({ kind: 'say', text });
const refused = (person: Person, name: string): Order => say(`Refused: ${person.name} may not /${name}.`);

const MESSAGE = 4;
const EPHEMERAL = 64;

/** A message; nobody is ever pinged by it. `onlyForThem` is seen by the sender alone. */
export const messageOf = (content: string, onlyForThem = false) => ({
  type: MESSAGE,
  data: {
    content: content.slice(0, 2_000),
    allowed_mentions: { parse: [] },
    ...(onlyForThem ? { flags: EPHEMERAL } : {}),
  },
});
