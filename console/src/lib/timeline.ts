// The arithmetic of the timeline: its span, its ticks and the bar of each task. Times in ms, positions in percent.

export type TimedTask = { startedAt?: string | null; finishedAt?: string | null };
export type Span = { fromMs: number; toMs: number };

const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1800e3, 3600e3,
  7200e3, 14400e3, 21600e3, 43200e3, 86400e3, 172800e3, 604800e3,
];

/** From the start to the end of the objective, or to now while it is open; never empty. */
export function timelineSpan(createdAt: string, finishedAt: string | null | undefined, nowMs: number): Span {
  const fromMs = Date.parse(createdAt);
  const toMs = finishedAt ? Date.parse(finishedAt) : nowMs;
  return { fromMs, toMs: Math.max(toMs, fromMs + 10) };
}

/** Round offsets from the start, at most `most` of them, the start included. */
export function timelineTicks(span: Span, most: number): number[] {
  const lengthMs = span.toMs - span.fromMs;
  const step = STEPS_MS.find((ms) => lengthMs / ms <= most) ?? Math.ceil(lengthMs / most / 86400e3) * 86400e3;
  return Array.from({ length: Math.floor(lengthMs / step) + 1 }, (_, n) => n * step);
}

/** Where a task's bar begins and how long it is. Undefined for a task that has not started. */
export function taskBar(
  task: TimedTask,
  span: Span,
): { leftPercent: number; widthPercent: number; ms: number } | undefined {
  if (!task.startedAt) return undefined;
  const from = Math.max(Date.parse(task.startedAt), span.fromMs);
  const to = Math.max(from, task.finishedAt ? Date.parse(task.finishedAt) : span.toMs);
  const length = span.toMs - span.fromMs;
  const leftPercent = Math.min(100, ((from - span.fromMs) / length) * 100);
  return { leftPercent, widthPercent: Math.min(100 - leftPercent, ((to - from) / length) * 100), ms: to - from };
}
