// Random passwords with the options of GetRandomPassword and GenerateSecretString.
import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { ApiError } from '../../service.ts';

/** Templates may carry booleans as text. */
const Flag = z.union([z.boolean(), z.stringbool()]);

export const PasswordOptions = z.object({
  PasswordLength: z.coerce.number().int().min(1).max(4096).default(32),
  ExcludeCharacters: z.string().default(''),
  ExcludeNumbers: Flag.default(false),
  ExcludePunctuation: Flag.default(false),
  ExcludeUppercase: Flag.default(false),
  ExcludeLowercase: Flag.default(false),
  IncludeSpace: Flag.default(false),
  RequireEachIncludedType: Flag.default(true),
});
export type PasswordOptions = z.infer<typeof PasswordOptions>;

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** A password from the operating system's randomness; each character of the allowed ones is as likely as another. */
export function randomPassword(options: PasswordOptions): string {
  const allowed = (characters: string, excluded: boolean) =>
    excluded ? '' : [...characters].filter((character) => !options.ExcludeCharacters.includes(character)).join('');
  const types = [
    allowed(LOWER, options.ExcludeLowercase),
    allowed(LOWER.toUpperCase(), options.ExcludeUppercase),
    allowed(DIGITS, options.ExcludeNumbers),
    allowed(PUNCTUATION, options.ExcludePunctuation),
    allowed(' ', !options.IncludeSpace),
  ].filter((characters) => characters.length > 0);
  const all = types.join('');
  const required = options.RequireEachIncludedType ? types : [];
  if (all.length === 0) throw invalid('no characters are left to make a password of');
  if (required.length > options.PasswordLength) throw invalid('the password is too short for each included type');
  const characters = required.map(pick);
  while (characters.length < options.PasswordLength) characters.push(pick(all));
  return shuffled(characters).join('');
}

const invalid = (reason: string) => new ApiError(400, 'InvalidParameterException', reason);
const pick = (characters: string): string => characters[randomInt(characters.length)] as string;

function shuffled(characters: string[]): string[] {
  for (let at = characters.length - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    [characters[at], characters[other]] = [characters[other] as string, characters[at] as string];
  }
  return characters;
}

/** The first value of a secret of the template: a password, or a JSON template with the password under one key. */
export function generatedSecret(properties: unknown): string {
  const { SecretStringTemplate, GenerateStringKey, ...options } = properties as Record<string, unknown>;
  const password = randomPassword(PasswordOptions.parse(options));
  if (SecretStringTemplate === undefined) return password;
  return JSON.stringify({ ...JSON.parse(String(SecretStringTemplate)), [String(GenerateStringKey)]: password });
}
