// Durations, relative times, ids and shares as people read them.
import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatRelative, plural, shortHash, shortId, successShare } from './format.ts';

describe('formatDuration', () => {
  it.each([
    [-5, '0 ms'],
    [640, '640 ms'],
    [999.6, '1000 ms'],
    [4_260, '4.2 s'],
    [59_999, '59 s'],
    [80_000, '1 m 20 s'],
    [120_000, '2 m'],
    [7_500_000, '2 h 5 m'],
    [273_600_000, '3 d 4 h'],
  ])('%d ms -> %s', (ms, words) => expect(formatDuration(ms)).toBe(words));
});

describe('formatRelative', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  it.each([
    ['2026-11-20T11:59:59Z', 'just now'],
    ['2026-11-20T11:59:48Z', '12 s ago'],
    ['2026-11-20T12:03:10Z', 'in 3 m'],
    ['2026-11-20T09:00:00Z', '3 h ago'],
    ['2026-11-17T11:00:00Z', '3 d ago'],
    ['garbage', 'unknown'],
  ])('%s -> %s', (at, words) => expect(formatRelative(at, now)).toBe(words));
});

describe('ids and hashes', () => {
  it.each([
    ['obj_01JD4Q8Z3X5C7V9B1N2M4F7K2Q', 'obj_…4F7K2Q'],
    ['tsk_01JD4Q8Z3X5C7V9B1N2M4F7K2Q_12', 'tsk_…4F7K2Q_12'],
    ['agt_analyst', 'agt_analyst'],
  ])('%s -> %s', (id, short) => expect(shortId(id)).toBe(short));
  it('keeps ten digits of a hash', () => expect(shortHash('abcdef0123456789')).toBe('abcdef0123…'));
});

describe('successShare', () => {
  it('does not call three of three certain', () =>
    expect(successShare(3, 0)).toEqual({ percent: 100, low: 44, high: 100, total: 3 }));
  it('knows nothing about nobody', () => expect(successShare(0, 0)).toBeUndefined());
  it('narrows with the sample', () =>
    expect(successShare(980, 20)).toEqual({ percent: 98, low: 97, high: 99, total: 1000 }));
});

describe('small words', () => {
  it('counts', () => expect([plural(1, 'task'), plural(1200, 'task')]).toEqual(['1 task', '1,200 tasks']));
  it('sizes', () =>
    expect([formatBytes(512), formatBytes(65_536), formatBytes(1_500_000)]).toEqual(['512 B', '64 KB', '1.4 MB']));
});
