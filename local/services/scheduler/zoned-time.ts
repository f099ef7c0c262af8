// Wall-clock time in a time zone and back, exact through the changes of summer time.

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, made);
  return made;
}

/** Whether the name is a time zone that this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    formatterFor(name);
    return true;
  } catch {
    return false;
  }
}

/** What the clock on the wall shows at an instant, as the epoch milliseconds of the same reading in UTC. */
export function wallTime(epochMs: number, timeZone: string): number {
  const parts = formatterFor(timeZone).formatToParts(epochMs);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  const date = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return date + (epochMs % 1000);
}

const DAY_MS = 24 * 3600 * 1000;

/** The first instant at which the wall clock reads so; undefined for a reading that summer time skips. */
export function instantOf(wallMs: number, timeZone: string): number | undefined {
  const offsets = [-DAY_MS, DAY_MS].map((shift) => wallTime(wallMs + shift, timeZone) - (wallMs + shift));
  const instants = offsets.map((offset) => wallMs - offset).filter((at) => wallTime(at, timeZone) === wallMs);
  return instants.length > 0 ? Math.min(...instants) : undefined;
}
