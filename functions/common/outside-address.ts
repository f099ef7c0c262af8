// Which addresses of the outside may be asked at all: the text of a URL first, then every IP address behind its name. Pure.
import ipaddr from 'ipaddr.js';

/** One host that may be asked. What is not said is the strictest: https, port 443, public addresses. */
export type OutsideHost = {
  /** `api.example.org`, or `*.example.org` for every name below it */
  host: string;
  schemes?: readonly ('https' | 'http')[];
  ports?: readonly number[];
  /** `any`: a host that the operator runs in their own network; never from a plan, a task or an answer */
  addresses?: 'public' | 'any';
};

export type UrlRefusal =
  | 'malformed'
  | 'scheme_not_allowed'
  | 'user_in_address'
  | 'odd_host'
  | 'host_of_this_network'
  | 'host_not_listed'
  | 'port_not_allowed';
export type UrlDecision =
  | { kind: 'allowed'; url: URL; rule: OutsideHost }
  | { kind: 'refused'; reason: UrlRefusal; detail: string };

const URL_CHARACTERS_MAX = 2_000;
/** Printable ASCII without what parsers disagree about: white space, quotes, backslash, angle brackets, line ends. */
const PLAIN = /^[!#-;=?-[\]_a-z~%^|{}]+$/i;
const PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i;
/** Names that by agreement or habit mean a machine of one's own network. */
const INNER_NAME =
  /(^|\.)(localhost|local|internal|intranet|lan|corp|home|private|localdomain|arpa|onion|test|invalid|example|alt|cluster|svc|metadata)$/;
const IP_LITERAL = /^\[|^[\d.]+$/;

const refused = (reason: UrlRefusal, detail: string): UrlDecision => ({ kind: 'refused', reason, detail });

/** Whether this address may be asked, by its text alone and before anything is looked up. */
export function decideUrl(text: string, allowed: readonly OutsideHost[]): UrlDecision {
  if (text.length > URL_CHARACTERS_MAX) return refused('malformed', `longer than ${URL_CHARACTERS_MAX} characters`);
  const parts = PLAIN.test(text) ? PARTS.exec(text) : null;
  if (!parts || !URL.canParse(text)) return refused('malformed', 'not a plain absolute URL in ASCII');
  const url = new URL(text);
  const [, , authority = ''] = parts;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refused('scheme_not_allowed', url.protocol);
  if (authority.includes('@') || url.username || url.password) return refused('user_in_address', 'user or password');
  const said = authority.replace(/:\d*$/, '').toLowerCase();
  // Parsers turn 0x7f.1, 2130706433, %31 and full-width letters into an address: only what stays as it was said counts.
  if (said !== url.hostname) return refused('odd_host', `${said} means ${url.hostname}`);
  if (said === '' || said.endsWith('.') || said.includes('..')) return refused('odd_host', said || 'no host');
  return decideHost(url, allowed);
}

function decideHost(url: URL, allowed: readonly OutsideHost[]): UrlDecision {
  const host = url.hostname;
  const rule = allowed.find((entry) => fits(host, entry.host));
  if (!rule) return refused('host_not_listed', host);
  if (rule.addresses !== 'any') {
    const literal = IP_LITERAL.test(host);
    if (!literal && (!host.includes('.') || INNER_NAME.test(host))) return refused('host_of_this_network', host);
    const fault = literal ? addressFault(host.replace(/^\[|\]$/g, '')) : undefined;
    if (fault) return refused('host_of_this_network', `${host} is ${fault}`);
  }
  const scheme = url.protocol.slice(0, -1) as 'https' | 'http';
  const schemes = rule.schemes ?? ['https'];
  if (!schemes.includes(scheme)) return refused('scheme_not_allowed', `${scheme} for ${host}`);
  const port = portOf(url);
  const ports = rule.ports ?? schemes.map((name) => (name === 'https' ? 443 : 80));
  return ports.includes(port) ? { kind: 'allowed', url, rule } : refused('port_not_allowed', `${port} of ${host}`);
}

export const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80);

const fits = (host: string, listed: string): boolean =>
  listed.startsWith('*.') ? host.endsWith(listed.slice(1)) && host.length > listed.length - 1 : host === listed;

/** Public by their range, and yet the metadata services of a cloud. */
const METADATA = new Set(['168.63.129.16', '100.100.100.200', '169.254.169.254', '192.0.0.192', 'fd00:ec2::254']);

/** Why an IP address is not one of the public internet; nothing when it is. What embeds another address is not. */
export function addressFault(address: string): string | undefined {
  const v4 = ipaddr.IPv4.isValidFourPartDecimal(address);
  if (!v4 && !(ipaddr.IPv6.isValid(address) && !address.includes('%'))) return 'no IP address';
  const parsed = ipaddr.parse(address);
  if (METADATA.has(parsed.toString())) return 'a metadata service';
  const range = parsed.range();
  if (range !== 'unicast') return `in the range ${range}`;
  // Only 2000::/3 is given out; whatever else counts as unicast is somebody's own.
  if (parsed.kind() === 'ipv6' && ((parsed.toByteArray()[0] ?? 0) & 0xe0) !== 0x20) return 'outside of 2000::/3';
  return undefined;
}

/** One spelling for an address, so that what was judged can be compared with what a socket says. */
export function plainAddress(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.toString();
}
