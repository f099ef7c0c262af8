// Takes out of a text what identifies a person or opens a door, and says what was there. Better one mask too many. Pure.

type Rule = {
  pattern: RegExp;
  mask: string;
  /** a second look: how many characters of what the pattern found are meant; without it all are */
  extent?: (found: string) => number;
};

/** A text in which `before` stands in front of a value: `password=…`, `"api_key": "…"`, `--token …`. */
const NAMED_SECRET =
  /((?:pass(?:word|phrase|wd)?|secret|token|api[-_]?key|access[-_]?key(?:[-_]?id)?|private[-_]?key|routing[-_]?key|auth(?:orization)?|credential|signature|session|cookie|pwd)["']?\s{0,3}[:=]\s{0,3}["']?)([^\s"'&,;}{)(]{4,})/giu;

const SECRETS: readonly Rule[] = [
  {
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gu,
    mask: '[private key]',
  },
  { pattern: /\b(?:bearer|basic|bot)\s+[A-Za-z0-9._~+/=-]{8,}/giu, mask: '[token]' },
  { pattern: /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/gu, mask: '[token]' },
  { pattern: /\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/gu, mask: '[access key]' },
  {
    pattern:
      /\b(?:gh[pousr]|github_pat|glpat|xox[abeoprs]|xapp|sk|rk|pk|whsec|npm|dop_v1|shpat|hf|lzk)[-_][A-Za-z0-9_-]{10,}/gu,
    mask: '[token]',
  },
  { pattern: /\bAIza[A-Za-z0-9_-]{30,}/gu, mask: '[api key]' },
  { pattern: /\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}/gu, mask: '[token]' },
  { pattern: /\bhooks\.slack\.com\/[^\s"']+|\bdiscord(?:app)?\.com\/api\/webhooks\/[^\s"']+/giu, mask: '[webhook]' },
  { pattern: /(?<=[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@"']+@/giu, mask: '[user]@' },
  { pattern: /(?<=[?&](?:X-Amz-(?:Signature|Credential|Security-Token)|sig|sv)=)[^\s&"']+/giu, mask: '[signature]' },
];

const PERSONAL: readonly Rule[] = [
  {
    pattern:
      /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,200}\s?(?:@|%40|\[at\]|\(at\))\s?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/giu,
    mask: '[e-mail]',
  },
  {
    pattern: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}(?![A-Za-z0-9])/gu,
    mask: '[account]',
    extent: ibanWithin,
  },
  {
    pattern: /(?<![A-Za-z0-9._-])[3-6]\d{2,3}(?:[ -]?\d){9,16}(?![A-Za-z0-9_])/gu,
    mask: '[card]',
    extent: (found) => (isCard(found) ? found.length : 0),
  },
  { pattern: /(?<![A-Za-z0-9-])\d{3}-\d{2}-\d{4}(?![A-Za-z0-9-])/gu, mask: '[number]' },
  // international, with a leading zero, and as it is written in North America
  { pattern: /(?<![A-Za-z0-9])(?:\+|(?<!:)00)\s?\d(?:[\s()./-]{0,2}\d){7,14}(?![A-Za-z0-9])/gu, mask: '[phone]' },
  { pattern: /(?<![A-Za-z0-9._:-])\(?0\d{1,4}\)?(?:[\s./-]?\d){6,10}(?![A-Za-z0-9_:-])/gu, mask: '[phone]' },
  { pattern: /(?<![A-Za-z0-9-])\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}(?![A-Za-z0-9-])/gu, mask: '[phone]' },
];

/** What a quotation of somebody's words may not hold; there every long number and every link is one too many. */
const QUOTATION: readonly Rule[] = [
  { pattern: /\b(?:https?:\/\/|www\.)\S+/giu, mask: '[link]' },
  {
    pattern: /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,200}\s?@\s?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu,
    mask: '[e-mail]',
  },
  { pattern: /(?<![\p{L}\p{N}])@[\p{L}\p{N}_]{2,}/gu, mask: '[name]' },
  { pattern: /(?<![\p{L}\p{N}])\+?\(?\d(?:[\s()./-]{0,2}\d){5,}/gu, mask: '[number]' },
];

const apply = (text: string, rules: readonly Rule[]): string =>
  rules.reduce(
    (rest, { pattern, mask, extent }) =>
      rest.replace(pattern, (found: string) => {
        const meant = extent ? extent(found) : found.length;
        return meant === 0 ? found : mask + found.slice(meant);
      }),
    text,
  );

/** A quotation without e-mail addresses, links, handles, secrets and numbers of six digits or more. */
export const maskedQuotation = (text: string): string => apply(apply(text, QUOTATION), SECRETS);

/** A line for a log: without persons and secrets, but with the ids, times and figures that make it worth reading. */
export const masked = (text: string): string =>
  apply(
    apply(text, SECRETS).replace(NAMED_SECRET, (_, name: string) => `${name}[secret]`),
    PERSONAL,
  );

/** As secrets begin, whatever follows. */
const DOOR =
  /eyJ|AKIA|ASIA|AROA|AIDA|AIza|\bgh[pousr]_|github_pat|glpat|xox|xapp|\b[srp]k[-_]|whsec|\bnpm_|dop_v1|shpat|\bhf_|\blzk|\b(?:bearer|basic|bot)\b/i;
/** Ids, states, times, names of fields: most texts are, and looking through them would be most of the work. */
const WORD = /^(?![\d-]+$)(?![A-Z]{2}\d{2})(?![MNO][\w-]{23,27}\.)[\w#.:-]{0,80}$/;
/** Words between spaces and slashes with hardly a digit. */
const PHRASE = /^(?!(?:\D*\d){5})[A-Za-z0-9 ,.'/-]*$/;
const isHarmless = (text: string): boolean => (WORD.test(text) || PHRASE.test(text)) && !DOOR.test(text);

/** The same for where most texts are ids and plain words. */
export const quicklyMasked = (text: string): string => (isHarmless(text) ? text : masked(text));

/** Names of fields whose value is a secret whatever it looks like. */
const SECRET_NAME =
  /(?:^|[-_.])(?:password|passwd|passphrase|secret|secretstring|authorization|cookie|set-cookie|credentials?|bearer|fence|pin|totp)$|(?:token|apikey|api[-_]key|secretkey|accesskey|privatekey|routingkey|signingsecret|plaintext)$/i;

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

/** One member of something that is written as JSON: pass it to JSON.stringify. Texts are masked, secrets by their name. */
export function maskMember(name: string, value: unknown): unknown {
  if (typeof value === 'string') return isSecretName(name) && value !== '' ? '[secret]' : masked(value);
  if (typeof value === 'number' && Number.isSafeInteger(value) && isCard(String(value))) return '[card]';
  if (typeof value === 'bigint') return masked(String(value));
  if (value instanceof Error)
    return { name: value.name, message: masked(value.message), stack: masked(value.stack ?? '') };
  if (value instanceof Map || value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return value;
}

const ERROR_DEPTH_MAX = 5;

/** Masks an error where it is, its causes included, so that whoever writes it down later finds nothing. Keeps its name. */
export function maskError(thrown: unknown, depth = 0): void {
  if (!(thrown instanceof Error) || depth > ERROR_DEPTH_MAX) return;
  replace(thrown, 'message', masked(String(thrown.message)));
  if (typeof thrown.stack === 'string') replace(thrown, 'stack', masked(thrown.stack));
  for (const [name, value] of Object.entries(thrown)) {
    if (typeof value === 'string') replace(thrown, name, maskMember(name, value) as string);
  }
  maskError(thrown.cause, depth + 1);
  if (thrown instanceof AggregateError) for (const inner of thrown.errors) maskError(inner, depth + 1);
}

function replace(error: Error, name: string, text: string): void {
  try {
    Object.defineProperty(error, name, { ...Object.getOwnPropertyDescriptor(error, name), value: text });
  } catch {
    // frozen: it stays as it was made
  }
}

/** Thirteen to nineteen digits that begin as cards do and end in their check digit (Luhn). */
function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  if (!/^[3-6]\d{12,18}$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** How much of the text is an account number: what follows it in capitals may have been caught with it. */
function ibanWithin(text: string): number {
  for (let end = text.length; end >= 15; end -= 1) if (isIban(text.slice(0, end))) return end;
  return 0;
}

/** The check of ISO 13616: as a number, rearranged, it leaves 1 when divided by 97. */
function isIban(text: string): boolean {
  const plain = text.replace(/[ -]/g, '').toUpperCase();
  let rest = 0;
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return plain.length >= 15 && rest === 1;
}
