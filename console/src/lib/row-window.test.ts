// Only rows in view are held, whatever the scroll position.
import { expect, it } from 'vitest';
import { rowWindow } from './row-window.ts';

it.each([
  { when: 'at the top', topPx: 100, count: 10_000, then: { first: 0, last: 20 } },
  { when: 'in the middle', topPx: -40_000, count: 10_000, then: { first: 998, last: 1_022 } },
  { when: 'near the end', topPx: -399_400, count: 10_000, then: { first: 9_983, last: 10_000 } },
  { when: 'scrolled past a list that shrank', topPx: -40_000, count: 5, then: { first: 4, last: 5 } },
  { when: 'of nothing', topPx: 0, count: 0, then: { first: 0, last: 0 } },
])('$when', ({ topPx, count, then }) =>
  expect(rowWindow({ topPx, count, viewPx: 800, rowPx: 40, margin: 2 })).toEqual(then),
);
