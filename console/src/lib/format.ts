// How the console writes numbers, times, ids and hashes. Pure; every function takes what it needs, the present moment included.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time as people say it: `640 ms`, `4.2 s`, `1 m 20 s`, `2 h 5 m`, `3 d 4 h`. Negative counts as zero. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return pair(ms, MINUTE, 'm', SECOND, 's');
  if (ms < DAY) return pair(ms, HOUR, 'h', MINUTE, 'm');
  return pair(ms, DAY, 'd', HOUR, 'h');
}

function pair(ms: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const whole = Math.floor(ms / big);
  const rest = Math.floor((ms - whole * big) / small);
  return rest === 0 ? `${whole} ${bigUnit}` : `${whole} ${bigUnit} ${rest} ${smallUnit}`;
}

/** A moment seen from now, one unit only: `just now`, `12 s ago`, `in 3 m`. */
export function formatRelative(at: string | number, nowMs: number): string {
  const apart = nowMs - toMs(at);
  if (Number.isNaN(apart)) return 'unknown';
  if (Math.abs(apart) < 2 * SECOND) return 'just now';
  const words = oneUnit(Math.abs(apart));
  return apart > 0 ? `${words} ago` : `in ${words}`;
}

function oneUnit(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

const absolute = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric',
  month: 'short',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The full moment in the reader's time zone: `20 Nov 2026, 14:03:22 CET`. */
export function formatAbsolute(at: string | number): string {
  const ms = toMs(at);
  return Number.isNaN(ms) ? String(at) : absolute.format(ms);
}

/** The time of day in the reader's time zone: `14:03:22`. */
export function formatClock(at: string | number): string {
  const ms = toMs(at);
  return Number.isNaN(ms) ? String(at) : clock.format(ms);
}

/** ISO text or milliseconds as milliseconds. */
export function toMs(at: string | number): number {
  return typeof at === 'number' ? at : Date.parse(at);
}

/** The end of an id tells ids apart, the prefix says what it is: `obj_…4F7K2Q`. Short ids stay whole. */
export function shortId(id: string): string {
  const cut = id.indexOf('_') + 1;
  const body = id.slice(cut);
  if (body.length <= 14) return id;
  return `${id.slice(0, cut)}…${body.slice(body.length > 28 ? -9 : -6)}`;
}

/** The first ten digits of a hash. */
export function shortHash(hash: string): string {
  return hash.length > 12 ? `${hash.slice(0, 10)}…` : hash;
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count with thousands separators: `12,400`. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** One count and its noun: `1 task`, `12 tasks`, `2 entries` (with `many` where it is not just an s more). */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A size: `512 B`, `64 KB`, `1.4 MB` (1 KB = 1,024 B). */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/**
 * Share of successes in percent with its 95 % Wilson interval, so that 3 of 3 does not look like certainty.
 * Undefined when nothing was counted.
 */
export function successShare(
  succeeded: number,
  failed: number,
): { percent: number; low: number; high: number; total: number } | undefined {
  const total = succeeded + failed;
  if (total <= 0) return undefined;
  const z = 1.96;
  const share = succeeded / total;
  const centre = share + (z * z) / (2 * total);
  const spread = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  const bound = (value: number) => Math.round(Math.min(1, Math.max(0, value / scale)) * 100);
  return { percent: Math.round(share * 100), low: bound(centre - spread), high: bound(centre + spread), total };
}

/** A sentence begins with a capital letter. */
export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
