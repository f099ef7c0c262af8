// What may be read from the outside is decided before it is read, and each refusal says why.
import { describe, expect, it } from 'vitest';
import { type Circumstances, decideCompliance, Terms, type Wish } from './compliance.ts';
import { readConfig } from './config.ts';
import { crawlWith } from './crawl.client.ts';
import type { FetchAnswer, FetchRequest } from './safe-fetch.client.ts';

const terms = Terms.parse({
  contact: 'LazyArk/0.1 (+https://lazyark.example.org)',
  hosts: [
    { host: 'shop.org', allow: ['read'], terms: 'https://shop.org/terms', checkedOn: '2026-11-01' },
    {
      host: 'api.org',
      allow: ['read', 'republish'],
      robots: 'not_applicable',
      requestsPerMinute: 60,
      terms: 'https://api.org/t',
      checkedOn: '2026-11-01',
    },
    {
      host: 'people.org',
      allow: ['read', 'personal_data'],
      robots: 'not_applicable',
      terms: 'https://people.org/t',
      checkedOn: '2026-11-01',
    },
    { host: 'old.org', allow: ['read'], robots: 'not_applicable', terms: 'https://old.org/t', checkedOn: '2025-10-01' },
  ],
});
const now: Circumstances = { terms, today: '2026-11-20', nowMs: 100_000 };
const wish = (url: string, more: Partial<Wish> = {}): Wish => ({ url, purpose: 'read', dataClass: 'public', ...more });

describe('a wish to read', () => {
  it('is fine for a listed host, and says why', () => {
    expect(decideCompliance(wish('https://api.org/x'), now)).toMatchObject({
      kind: 'comply',
      waitMs: 0,
      userAgent: terms.contact,
      reasons: expect.arrayContaining([expect.stringContaining('api.org is listed for read, republish')]),
    });
  });
  it.each([
    [wish('https://other.org/'), 'address_not_allowed'],
    [wish('http://api.org/'), 'address_not_allowed'],
    [wish('https://api.org:8443/'), 'address_not_allowed'],
    [wish('https://old.org/'), 'terms_out_of_date'],
    [wish('https://people.org/', { purpose: 'republish' }), 'use_not_allowed'],
    [wish('https://api.org/', { dataClass: 'personal', lawfulBasis: 'contract' }), 'personal_data_not_allowed'],
    [wish('https://people.org/', { dataClass: 'personal' }), 'no_lawful_basis'],
    [wish('https://people.org/', { dataClass: 'personal', lawfulBasis: '  ' }), 'no_lawful_basis'],
    [wish('https://people.org/', { dataClass: 'special', lawfulBasis: 'contract' }), 'special_data'],
  ])('%j is refused: %s', (asked, reason) => {
    expect(decideCompliance(asked, now)).toMatchObject({ kind: 'refuse', reason });
  });
  it('about persons needs a listing and a basis', () => {
    const asked = wish('https://people.org/', { dataClass: 'personal', lawfulBasis: 'contract' });
    expect(decideCompliance(asked, now)).toMatchObject({ kind: 'comply' });
  });
  it('waits for the pace of the host, or of its robots.txt when that is slower', () => {
    const waitMs = (url: string, more: Partial<Circumstances>) => {
      const decision = decideCompliance(wish(url), { ...now, ...more });
      return decision.kind === 'comply' ? decision.waitMs : decision;
    };
    expect(waitMs('https://api.org/', { askedAtMs: 99_500 })).toBe(500);
    expect(waitMs('https://api.org/', { askedAtMs: 90_000 })).toBe(0);
    const robots = { kind: 'said', allows: true, delaySeconds: 10 } as const;
    expect(waitMs('https://shop.org/', { askedAtMs: 99_000, robots })).toBe(9_000);
  });
});

it('the terms that ship list no host: nothing is read until an operator says so', () => {
  expect(readConfig('terms.yaml', Terms).hosts).toEqual([]);
  expect(Terms.safeParse({ contact: 'x', hosts: [{ host: 'Localhost' }] }).success).toBe(false);
});

describe('crawling', () => {
  const page = (status: number, text = ''): FetchAnswer => ({
    kind: 'answered',
    status,
    headers: {},
    body: Buffer.from(text),
    url: '',
    hops: 0,
  });
  const crawler = (robots: FetchAnswer) => {
    const asked: FetchRequest[] = [];
    const waits: number[] = [];
    let nowMs = Date.parse('2026-11-20');
    const safeFetch = async (request: FetchRequest) => {
      asked.push(request);
      return request.url.endsWith('/robots.txt') ? robots : page(200, 'the page');
    };
    const wait = async (ms: number) => void waits.push(ms);
    const crawl = crawlWith({ safeFetch, terms, now: () => nowMs, wait });
    return {
      crawl,
      asked,
      waits,
      later: (ms: number) => {
        nowMs += ms;
      },
    };
  };
  const rules =
    'User-agent: *\nDisallow: /private\nCrawl-delay: 2\nUser-agent: lazyark\nDisallow: /secret\nCrawl-delay: 4';

  it('asks for robots.txt once an hour and keeps to the part that names us', async () => {
    const { crawl, asked, later } = crawler(page(200, rules));
    expect(await crawl(wish('https://shop.org/secret/x'))).toMatchObject({
      kind: 'refused',
      reason: 'robots_disallow',
    });
    expect(await crawl(wish('https://shop.org/private'))).toMatchObject({ kind: 'answered', status: 200 });
    later(3_600_000);
    await crawl(wish('https://shop.org/'));
    expect(asked.map(({ url }) => url.replace('https://shop.org', ''))).toEqual([
      '/robots.txt',
      '/private',
      '/robots.txt',
      '/',
    ]);
    expect(asked.every(({ headers }) => headers?.['user-agent'] === terms.contact)).toBe(true);
    expect(asked.map(({ allow }) => allow.map(({ host }) => host))).toEqual(Array(4).fill(['shop.org']));
  });
  it('keeps the pace, and gives up where that takes too long', async () => {
    const { crawl, waits } = crawler(page(200, rules));
    for (let n = 0; n < 3; n += 1) await crawl(wish('https://shop.org/'));
    expect(waits).toEqual([6_000, 12_000]);
    for (let n = 0; n < 2; n += 1) await crawl(wish('https://shop.org/'));
    expect(await crawl(wish('https://shop.org/'))).toMatchObject({ reason: 'too_long_to_wait' });
  });
  it.each([
    [page(404), 'answered'],
    [page(403), 'answered'],
    [page(500), 'refused'],
    [page(429), 'refused'],
    [{ kind: 'failed', reason: 'timeout', detail: '', url: '' } satisfies FetchAnswer, 'refused'],
    [{ kind: 'refused', reason: 'too_large', detail: '', url: '' } satisfies FetchAnswer, 'refused'],
  ])('with robots.txt answered %j is %s', async (robots, kind) => {
    expect(await crawler(robots).crawl(wish('https://shop.org/'))).toMatchObject({ kind });
  });
  it('asks nothing at all for what is refused by its terms', async () => {
    const { crawl, asked } = crawler(page(404));
    for (const url of ['https://old.org/', 'https://none.org/', 'nonsense'])
      expect(await crawl(wish(url))).toMatchObject({ kind: 'refused' });
    expect(asked).toEqual([]);
  });
});
