// Schedule expressions of EventBridge: rate(), cron() with AWS's six fields, at(). Pure: instants in, instants out.
import { Cron } from 'croner';
import { instantOf, isTimeZone, wallTime } from './zoned-time.ts';

/** An expression that EventBridge would refuse. */
export class InvalidScheduleExpression extends Error {
  override name = 'InvalidScheduleExpression';
}

export type Ticks = {
  kind: 'rate' | 'cron' | 'at';
  /** the first tick after an instant (epoch milliseconds); undefined when there is none any more */
  next(afterMs: number): number | undefined;
};

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads an expression. A rate counts from `anchorMs`; cron and at are in `timeZone` (IANA name), and as on AWS a
 * wall-clock time that summer time skips is skipped and one that it repeats happens once. Throws
 * InvalidScheduleExpression.
 */
export function readExpression(expression: string, anchorMs: number, timeZone = 'UTC'): Ticks {
  if (!isTimeZone(timeZone)) throw new InvalidScheduleExpression(`${timeZone} is not a time zone`);
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') return { kind, next: rate(inner, expression, anchorMs) };
  if (kind === 'cron') return { kind, next: cron(inner, expression, timeZone) };
  if (kind === 'at') return { kind, next: at(inner, expression, timeZone) };
  throw new InvalidScheduleExpression(`${expression} is not rate(…), cron(…) or at(…)`);
}

function rate(inner: string, expression: string, anchorMs: number): Ticks['next'] {
  const [, count, unit = '', plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(inner.trim()) ?? [];
  const periodMs = Number(count) * (UNIT_MS[unit] ?? 0);
  if (!(periodMs > 0)) throw new InvalidScheduleExpression(`${expression} is not a rate such as rate(5 minutes)`);
  if ((Number(count) === 1) === (plural === 's')) {
    throw new InvalidScheduleExpression(`${expression}: 1 takes the singular, more take the plural`);
  }
  return (afterMs) => anchorMs + Math.max(1, Math.floor((afterMs - anchorMs) / periodMs) + 1) * periodMs;
}

function at(inner: string, expression: string, timeZone: string): Ticks['next'] {
  const wallMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner) ? Date.parse(`${inner}Z`) : Number.NaN;
  const atMs = Number.isNaN(wallMs) ? undefined : instantOf(wallMs, timeZone);
  if (atMs === undefined) {
    throw new InvalidScheduleExpression(`${expression} is not a time such as at(2026-01-31T09:00:00) in ${timeZone}`);
  }
  return (afterMs) => (afterMs < atMs ? atMs : undefined);
}

const FIELDS = ['minutes', 'hours', 'day of month', 'month', 'day of week', 'year'] as const;
const FIELD_MOST = ['59', '23', '31', '12', '7', '2199'];
const FIELD_CHARS = [
  /^[\d,\-*/]+$/,
  /^[\d,\-*/]+$/,
  /^[\d,\-*?/LW]+$/,
  /^[\dA-Z,\-*/]+$/,
  /^[\dA-Z,\-*?/#]+$/,
  /^[\d,\-*/]+$/,
];

/** The wall clock may repeat up to this much when summer time ends. */
const OVERLAP_MS = 3 * 3600 * 1000;

function cron(inner: string, expression: string, timeZone: string): Ticks['next'] {
  const fields = inner.trim().toUpperCase().split(/\s+/);
  if (fields.length !== FIELDS.length) throw new InvalidScheduleExpression(`${expression} needs six fields`);
  for (const [index, field] of fields.entries()) {
    if (!FIELD_CHARS[index]?.test(field))
      throw new InvalidScheduleExpression(`${expression}: ${FIELDS[index]}: ${field}`);
  }
  if ((fields[2] === '?') === (fields[4] === '?')) {
    throw new InvalidScheduleExpression(`${expression}: one of day of month and day of week must be ?, the other not`);
  }
  const readings = wallReadings(fields, expression);
  return (afterMs) => {
    // Readings are dense or sparse, but each is looked at once: from before a possible repetition to the first hit.
    for (
      let wallMs = readings(wallTime(afterMs, timeZone) - OVERLAP_MS);
      wallMs !== undefined;
      wallMs = readings(wallMs)
    ) {
      const atMs = instantOf(wallMs, timeZone);
      if (atMs !== undefined && atMs > afterMs) return atMs;
    }
    return undefined;
  };
}

/** The wall-clock readings that match, one after another; croner works on them as if they were UTC. */
function wallReadings(fields: string[], expression: string): (afterMs: number) => number | undefined {
  try {
    const pattern = ['0', ...fields.map(cronerField)].join(' ');
    const job = new Cron(pattern, { timezone: 'UTC', mode: '7-part', alternativeWeekdays: true, paused: true });
    return (afterMs) => job.nextRun(new Date(afterMs))?.getTime();
  } catch (error) {
    throw new InvalidScheduleExpression(`${expression}: ${(error as Error).message}`);
  }
}

/** AWS writes `5/15` for "from 5 every 15", `6L` for the last Friday, `?` for no say; croner writes them otherwise. */
function cronerField(field: string, index: number): string {
  if (field === '?') return '*';
  const parts = field.split(',').map((part) => {
    const stepped = /^(\w+)\/(\d+)$/.exec(part);
    if (stepped) return `${stepped[1]}-${FIELD_MOST[index]}/${stepped[2]}`;
    if (index !== 4) return part;
    if (part === 'L') return '7';
    return part.replace(/^(\w+)L$/, '$1#L');
  });
  return parts.join(',');
}
