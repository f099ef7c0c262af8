// When schedules tick: AWS's cron fields, time zones, and the two nights a year when the clock is changed.
import { describe, expect, it } from 'vitest';
import { InvalidScheduleExpression, readExpression } from './expression.ts';

const ms = (iso: string) => Date.parse(iso);
const iso = (epochMs: number | undefined) => epochMs && new Date(epochMs).toISOString().slice(0, 16);

/** The next `count` ticks after an instant. */
function ticks(expression: string, after: string, count: number, timeZone?: string) {
  const { next } = readExpression(expression, ms(after), timeZone);
  const found: (string | 0 | undefined)[] = [];
  for (let at: number | undefined = ms(after); found.length < count && at !== undefined; ) {
    at = next(at);
    if (at !== undefined) found.push(iso(at));
  }
  return found;
}

describe('readExpression', () => {
  it.each<[string, string, string, string[]]>([
    ['every 15 minutes', 'cron(0/15 * * * ? *)', '2026-01-01T00:00Z', ['2026-01-01T00:15', '2026-01-01T00:30']],
    [
      'from 5 every 20',
      'cron(5/20 * * * ? *)',
      '2026-01-01T00:00Z',
      ['2026-01-01T00:05', '2026-01-01T00:25', '2026-01-01T00:45', '2026-01-01T01:05'],
    ],
    ['daily at ten', 'cron(0 10 * * ? *)', '2026-01-01T10:00Z', ['2026-01-02T10:00', '2026-01-03T10:00']],
    ['weekdays', 'cron(0 18 ? * MON-FRI *)', '2026-01-02T18:00Z', ['2026-01-05T18:00']],
    ['1 is Sunday', 'cron(0 0 ? * 1 *)', '2026-01-01T00:00Z', ['2026-01-04T00:00']],
    ['7 is Saturday', 'cron(0 0 ? * 7 *)', '2026-01-01T00:00Z', ['2026-01-03T00:00']],
    ['2-6 are weekdays', 'cron(0 0 ? * 2-6 *)', '2026-01-03T00:00Z', ['2026-01-05T00:00']],
    ['last day of month', 'cron(0 0 L * ? *)', '2026-02-01T00:00Z', ['2026-02-28T00:00', '2026-03-31T00:00']],
    ['weekday nearest the 15th (a Sunday)', 'cron(0 0 15W * ? *)', '2026-02-01T00:00Z', ['2026-02-16T00:00']],
    ['last weekday of month', 'cron(0 0 LW * ? *)', '2026-01-01T00:00Z', ['2026-01-30T00:00', '2026-02-27T00:00']],
    ['last Friday', 'cron(0 0 ? * 6L *)', '2026-01-01T00:00Z', ['2026-01-30T00:00', '2026-02-27T00:00']],
    ['last Friday by name', 'cron(0 0 ? * FRIL *)', '2026-01-01T00:00Z', ['2026-01-30T00:00']],
    ['third Tuesday', 'cron(0 0 ? * 3#3 *)', '2026-01-01T00:00Z', ['2026-01-20T00:00', '2026-02-17T00:00']],
    ['third Tuesday by name', 'cron(0 0 ? * TUE#3 *)', '2026-01-01T00:00Z', ['2026-01-20T00:00']],
    ['L alone is Saturday', 'cron(0 0 ? * L *)', '2026-01-01T00:00Z', ['2026-01-03T00:00', '2026-01-10T00:00']],
    ['months by name', 'cron(0 0 1 MAR,SEP ? *)', '2026-01-01T00:00Z', ['2026-03-01T00:00', '2026-09-01T00:00']],
    ['years', 'cron(0 0 1 1 ? 2028-2029)', '2026-01-01T00:00Z', ['2028-01-01T00:00', '2029-01-01T00:00']],
    ['every second year', 'cron(0 0 1 1 ? 2027/2)', '2026-01-01T00:00Z', ['2027-01-01T00:00', '2029-01-01T00:00']],
    ['29 February', 'cron(0 0 29 2 ? *)', '2026-01-01T00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['a rate, from its anchor', 'rate(5 minutes)', '2026-01-01T00:02Z', ['2026-01-01T00:07', '2026-01-01T00:12']],
    ['a rate of one', 'rate(1 hour)', '2026-01-01T00:00Z', ['2026-01-01T01:00']],
    ['at', 'at(2026-05-01T12:30:00)', '2026-01-01T00:00Z', ['2026-05-01T12:30']],
  ])('%s', (_words, expression, after, expected) => {
    expect(ticks(expression, after, expected.length)).toEqual(expected);
  });

  it('ends after the last year, and an at() after its time', () => {
    expect(ticks('cron(0 0 1 1 ? 2027)', '2026-01-01T00:00Z', 3)).toEqual(['2027-01-01T00:00']);
    expect(ticks('at(2026-05-01T12:30:00)', '2026-05-01T12:30Z', 1)).toEqual([]);
  });

  it.each<[string, string, string, string[]]>([
    ['in winter', 'cron(0 9 * * ? *)', '2026-01-01T00:00Z', ['2026-01-01T08:00']],
    ['in summer', 'cron(0 9 * * ? *)', '2026-07-01T00:00Z', ['2026-07-01T07:00']],
    ['a skipped time is skipped', 'cron(30 2 * * ? *)', '2026-03-28T12:00Z', ['2026-03-30T00:30', '2026-03-31T00:30']],
    [
      'around the skipped hour',
      'cron(0/30 * * * ? *)',
      '2026-03-29T00:00Z',
      ['2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30'],
    ],
    [
      'a repeated time happens once',
      'cron(30 2 * * ? *)',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'around the repeated hour',
      'cron(0/30 * * * ? *)',
      '2026-10-24T23:30Z',
      ['2026-10-25T00:00', '2026-10-25T00:30', '2026-10-25T02:00'],
    ],
    ['from within the repeated hour', 'cron(0/30 * * * ? *)', '2026-10-25T01:15Z', ['2026-10-25T02:00']],
    ['at, in summer', 'at(2026-07-01T09:00:00)', '2026-01-01T00:00Z', ['2026-07-01T07:00']],
  ])('Berlin: %s', (_words, expression, after, expected) => {
    expect(ticks(expression, after, expected.length, 'Europe/Berlin')).toEqual(expected);
  });

  it('knows zones that are half an hour off, and their small changes', () => {
    expect(ticks('cron(0 9 * * ? *)', '2026-01-01T00:00Z', 1, 'Asia/Kolkata')).toEqual(['2026-01-01T03:30']);
    expect(ticks('cron(15 2 * * ? *)', '2026-10-03T00:00Z', 2, 'Australia/Lord_Howe')).toEqual([
      '2026-10-04T15:15',
      '2026-10-05T15:15',
    ]);
  });

  it.each([
    'cron(0 10 * * * *)',
    'cron(0 10 ? * ? *)',
    'cron(0 10 * * ?)',
    'cron(60 10 * * ? *)',
    'cron(0 10 32 * ? *)',
    'cron(a 10 * * ? *)',
    'rate(0 minutes)',
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(5 seconds)',
    'at(2026-02-30)',
    'every day',
  ])('refuses %s', (expression) => {
    expect(() => readExpression(expression, 0)).toThrow(InvalidScheduleExpression);
  });

  it('refuses a time zone that does not exist, and an at() that summer time skips', () => {
    expect(() => readExpression('rate(1 day)', 0, 'Europe/Bielefeld')).toThrow('Europe/Bielefeld');
    expect(() => readExpression('at(2026-03-29T02:30:00)', 0, 'Europe/Berlin')).toThrow(InvalidScheduleExpression);
  });
});
