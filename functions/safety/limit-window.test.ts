// The arithmetic of windows, without a store.
import { describe, expect, it } from 'vitest';
import type { Limit } from './limit.ts';
import { bucketMs, bucketOf, endOnly, giveBack, headAt, standing, takeBlindly, takeKnowing } from './limit-window.ts';

const sliding: Limit = { name: 'calls', unit: 'apiCalls', per: 'swarm', most: 100, window: 'sliding', seconds: 60 };
const fixed: Limit = { ...sliding, window: 'fixed', seconds: 3_600 };
const HEAD = 1_000_000;
const at = HEAD * 1_000;

describe('a bucket', () => {
  it.each([
    { of: sliding, ms: 1_000 },
    { of: { ...sliding, seconds: 61 }, ms: 1_017 },
    { of: fixed, ms: 3_600_000 },
  ])('of $of.seconds s, $of.window, is $ms ms long', ({ of, ms }) => {
    expect(bucketMs(of)).toBe(ms);
    expect(headAt(of, 7 * ms)).toBe(7);
    expect(headAt(of, 8 * ms - 1)).toBe(7);
  });
});

describe('what stands', () => {
  it('is nothing where nothing was taken', () => {
    expect(standing(undefined, sliding, at)).toEqual({ head: HEAD, used: 0, expired: [] });
  });

  it('leaves out what is older than 60 whole buckets and the one begun', () => {
    const item = { head: HEAD, used: 10, open: 0, [bucketOf(HEAD - 60)]: 4, [bucketOf(HEAD)]: 6, refused: 3, bold: 5 };
    expect(standing(item, sliding, at)).toEqual({ head: HEAD, used: 10, expired: [] });
    expect(standing(item, sliding, at + 1_000)).toEqual({ head: HEAD + 1, used: 6, expired: [`b${HEAD - 60}`] });
    expect(standing(item, sliding, at + 61_000)).toMatchObject({ used: 0, expired: [`b${HEAD - 60}`, `b${HEAD}`] });
  });

  it('of a fixed window is its one bucket', () => {
    const item = { head: 7, used: 10, open: 0, [bucketOf(7)]: 10 };
    expect(standing(item, fixed, 8 * 3_600_000 - 1)).toEqual({ head: 7, used: 10, expired: [] });
    expect(standing(item, fixed, 8 * 3_600_000)).toEqual({ head: 8, used: 0, expired: ['b7'] });
  });

  it('does not go back with the clock', () => {
    const item = { head: HEAD, used: 10, open: 0, [bucketOf(HEAD)]: 10 };
    expect(standing(item, sliding, at - 3_600_000)).toEqual({ head: HEAD, used: 10, expired: [] });
  });

  it('takes only numbers in names of buckets for buckets', () => {
    const item = { head: HEAD, used: 9, open: 0, b1: '9', b2x: 4, xb3: 4 } as never;
    expect(standing(item, sliding, at)).toEqual({ head: HEAD, used: 9, expired: [] });
  });
});

describe('a taking', () => {
  it('without looking holds while the newest bucket is that one and enough is left', () => {
    expect(takeBlindly(sliding, HEAD, 7)).toEqual({
      changes: {
        add: [
          ['used', 7],
          ['open', 7],
          [`b${HEAD}`, 7],
        ],
      },
      if: {
        all: [
          { path: 'head', equals: HEAD },
          { path: 'used', atMost: 93 },
        ],
      },
    });
  });

  it('that is the first makes the item', () => {
    expect(takeKnowing(undefined, sliding, at, 7)).toEqual({
      head: HEAD,
      changes: {
        set: [
          ['head', HEAD],
          ['used', 7],
          ['open', 7],
          [`b${HEAD}`, 7],
        ],
      },
      if: { missing: 'pk' },
    });
  });

  it('after looking moves on, forgets what fell out, and holds while nobody took meanwhile', () => {
    const item = { head: HEAD - 61, used: 12, open: 2, [bucketOf(HEAD - 61)]: 5, [bucketOf(HEAD - 60)]: 7 };
    expect(takeKnowing(item, sliding, at, 3)).toEqual({
      head: HEAD,
      changes: {
        set: [
          ['head', HEAD],
          ['used', 10],
        ],
        add: [
          ['open', 3],
          [`b${HEAD}`, 3],
        ],
        remove: [`b${HEAD - 61}`],
      },
      if: {
        all: [
          { path: 'head', equals: HEAD - 61 },
          { path: 'used', equals: 12 },
        ],
      },
    });
    const young = { head: HEAD, used: 1, open: 0, [bucketOf(HEAD)]: 1 };
    expect(takeKnowing(young, sliding, at, 3).changes).not.toHaveProperty('remove');
  });
});

describe('an end', () => {
  it('gives back into the bucket it came from, while that is there', () => {
    expect(giveBack(HEAD, 7, 4)).toEqual({
      changes: {
        add: [
          ['used', -4],
          ['open', -7],
          [`b${HEAD}`, -4],
        ],
      },
      if: { exists: `b${HEAD}` },
    });
  });

  it('is only noted when the bucket is gone', () => {
    expect(endOnly(7)).toEqual({ changes: { add: [['open', -7]] }, if: { exists: 'pk' } });
  });
});
