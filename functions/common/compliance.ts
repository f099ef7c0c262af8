// Whether something of the outside may be read at all, before it is: the host's terms, its robots.txt, what the data is. Pure.
import * as z from 'zod';
import { decideUrl, type OutsideHost } from './outside-address.ts';

export const Use = z.enum(['read', 'republish', 'personal_data']);

const HostTerms = z.strictObject({
  host: z.string().regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a host name in lower case, such as api.example.org'),
  allow: z.array(Use).min(1),
  schemes: z
    .array(z.enum(['https', 'http']))
    .min(1)
    .default(['https']),
  ports: z.array(z.int().min(1).max(65_535)).min(1).optional(),
  robots: z.enum(['obey', 'not_applicable']).default('obey'),
  requestsPerMinute: z.int().min(1).max(6_000).default(10),
  terms: z.url({ protocol: /^https$/, error: 'where the terms of the host are, https' }),
  checkedOn: z.iso.date(),
});
export type HostTerms = z.infer<typeof HostTerms>;

/** config/terms.yaml */
export const Terms = z.strictObject({
  /** the User-Agent of every question */
  contact: z.string().regex(/^[A-Za-z0-9-]+\/[\x20-\x7e]{5,180}$/, 'a product with its version and how to reach you'),
  hosts: z.array(HostTerms).max(1_000),
});
export type Terms = z.infer<typeof Terms>;

export type Wish = {
  url: string;
  purpose: 'read' | 'republish';
  /** personal: about persons · special: health, belief, origin … (GDPR Art. 9) */
  dataClass: 'public' | 'personal' | 'special';
  /** why personal data may be processed, such as `contract` or `legitimate_interest: …` */
  lawfulBasis?: string;
};
export type Robots = { kind: 'said'; allows: boolean; delaySeconds?: number } | { kind: 'none' | 'unreachable' };
export type Circumstances = { terms: Terms; today: string; robots?: Robots; askedAtMs?: number; nowMs: number };

export type ComplianceDecision =
  | { kind: 'comply'; host: OutsideHost; userAgent: string; waitMs: number; reasons: string[] }
  /** everything else is fine: look at robots.txt and ask again */
  | { kind: 'read_robots'; host: OutsideHost; userAgent: string }
  | { kind: 'refuse'; reason: ComplianceRefusal; detail: string };
export type ComplianceRefusal =
  | 'address_not_allowed'
  | 'terms_out_of_date'
  | 'use_not_allowed'
  | 'personal_data_not_allowed'
  | 'no_lawful_basis'
  | 'special_data'
  | 'robots_disallow'
  | 'robots_unreachable';

const TERMS_DAYS_MAX = 366;
const DAY_MS = 86_400_000;
const refuse = (reason: ComplianceRefusal, detail: string): ComplianceDecision => ({ kind: 'refuse', reason, detail });

/** The strictest rule wins, and what nobody has looked at is refused. */
export function decideCompliance(wish: Wish, now: Circumstances): ComplianceDecision {
  const { terms, robots } = now;
  const address = decideUrl(wish.url, terms.hosts);
  if (address.kind === 'refused') return refuse('address_not_allowed', `${address.reason}: ${address.detail}`);
  const host = address.rule as HostTerms;
  const ageDays = (Date.parse(now.today) - Date.parse(host.checkedOn)) / DAY_MS;
  if (!(ageDays <= TERMS_DAYS_MAX))
    return refuse('terms_out_of_date', `${host.terms} was last read on ${host.checkedOn}`);
  const fault = useFault(wish, host);
  if (fault) return fault;
  if (host.robots === 'obey') {
    if (!robots) return { kind: 'read_robots', host: placeOf(host), userAgent: terms.contact };
    if (robots.kind === 'unreachable') return refuse('robots_unreachable', `robots.txt of ${address.url.host}`);
    if (robots.kind === 'said' && !robots.allows)
      return refuse('robots_disallow', `${address.url.pathname} of ${address.url.host}`);
  }
  return {
    ...{ kind: 'comply', host: placeOf(host), userAgent: terms.contact, waitMs: waitOf(host, now) },
    reasons: [
      `${host.host} is listed for ${host.allow.join(', ')}; its terms were read on ${host.checkedOn}`,
      host.robots === 'obey' ? 'robots.txt allows it, or there is none' : 'robots.txt does not apply: it is an API',
      wish.dataClass === 'personal' ? `personal data, lawful by ${wish.lawfulBasis}` : 'no personal data',
    ],
  };
}

function useFault({ purpose, dataClass, lawfulBasis }: Wish, host: HostTerms): ComplianceDecision | undefined {
  if (dataClass === 'special') return refuse('special_data', 'special categories of personal data are never collected');
  if (!host.allow.includes(purpose)) return refuse('use_not_allowed', `${host.host} is not listed for ${purpose}`);
  if (dataClass !== 'personal') return undefined;
  if (!host.allow.includes('personal_data'))
    return refuse('personal_data_not_allowed', `${host.host} is not listed for personal_data`);
  return lawfulBasis?.trim() ? undefined : refuse('no_lawful_basis', 'personal data without a lawful basis');
}

const placeOf = ({ host, schemes, ports }: HostTerms): OutsideHost => ({ host, schemes, ...(ports ? { ports } : {}) });

/** How long to wait so that neither the listed rate nor the crawl delay of robots.txt is exceeded. */
function waitOf({ requestsPerMinute }: HostTerms, { robots, askedAtMs, nowMs }: Circumstances): number {
  const delaySeconds = robots?.kind === 'said' ? (robots.delaySeconds ?? 0) : 0;
  const apartMs = Math.max(60_000 / requestsPerMinute, delaySeconds * 1_000);
  return askedAtMs === undefined ? 0 : Math.max(0, Math.ceil(askedAtMs + apartMs - nowMs));
}
