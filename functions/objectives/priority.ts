// Which objective comes first: 0 to 100 points with their reasons, and a sort key that never has to be rewritten.
import type { Urgency } from './objective.ts';

export type PriorityFacts = {
  /** 1 to 10 */
  impact: number;
  urgency?: Urgency | undefined;
  /** ISO; used instead of urgency */
  deadline?: string | undefined;
  /** the resources it is estimated to need */
  budgetUsd: number;
  /** expected return per dollar spent */
  projectedRoi?: number | undefined;
  createdAt: string;
};
export type Priority = { score: number; reasons: string[] };

/**
 * One point for every quarter of an hour of waiting. The score is at most 100, so whatever is handed in more than
 * 100 quarters (25 hours) later can never come first: nothing waits for ever, however much urgent work arrives.
 */
export const agingMinutesPerPoint = 15;
export const overtakingHoursMax = (100 * agingMinutesPerPoint) / 60;

const minuteMs = 60_000;
const pointsByUrgency: Record<Urgency, number> = { minutes: 30, hours: 20, days: 8 };
const pointsByHoursLeft = [
  [1, 30],
  [6, 25],
  [24, 20],
  [72, 12],
  [168, 8],
  [720, 4],
] as const;
const pointsByBudgetUsd = [
  [1, 10],
  [10, 8],
  [100, 5],
  [1_000, 2],
] as const;

/** Deterministic: impact gives up to 50, time 30, return 10, modest resources 10, and waiting the rest. */
export function priorityOf(facts: PriorityFacts, now: Date): Priority {
  const parts = [
    impactPart(facts),
    timePart(facts, now),
    roiPart(facts),
    resourcesPart(facts),
    waitingPart(facts, now),
  ];
  const score = Math.min(
    100,
    parts.reduce((sum, { points }) => sum + points, 0),
  );
  return { score, reasons: parts.map(({ points, why }) => `${why}: +${points}`) };
}

/**
 * Sorts the highest priority first as plain text. `score` is what priorityOf said at the moment `at`. Because everybody
 * ages at the same pace, two objectives never change places by waiting, so the key is the moment at which the score
 * would have been 0 and needs no upkeep. Same moment: the earlier id first.
 */
export function rankKey(score: number, at: string, id: string): string {
  const zeroMs = Date.parse(at) - Math.round(score * agingMinutesPerPoint * minuteMs);
  return `${String(zeroMs).padStart(15, '0')}#${id}`;
}

type Part = { points: number; why: string };

const impactPart = ({ impact }: PriorityFacts): Part => ({ points: impact * 5, why: `impact ${impact} of 10` });

function timePart({ urgency = 'days', deadline }: PriorityFacts, now: Date): Part {
  if (deadline === undefined) return { points: pointsByUrgency[urgency], why: `a matter of ${urgency}` };
  const hoursLeft = (Date.parse(deadline) - now.getTime()) / (60 * minuteMs);
  const points = pointsUpTo(pointsByHoursLeft, hoursLeft);
  return { points, why: hoursLeft < 0 ? 'the deadline has passed' : `${spanText(hoursLeft)} to the deadline` };
}

function roiPart({ projectedRoi }: PriorityFacts): Part {
  if (projectedRoi === undefined) return { points: 0, why: 'no projected return given' };
  return { points: Math.min(10, Math.floor(projectedRoi * 2)), why: `projected return of ${projectedRoi} per dollar` };
}

const resourcesPart = ({ budgetUsd }: PriorityFacts): Part => ({
  points: pointsUpTo(pointsByBudgetUsd, budgetUsd),
  why: `needs up to $${budgetUsd}`,
});

function waitingPart({ createdAt }: PriorityFacts, now: Date): Part {
  const minutes = Math.max(0, Math.floor((now.getTime() - Date.parse(createdAt)) / minuteMs));
  return { points: Math.floor(minutes / agingMinutesPerPoint), why: `waiting for ${spanText(minutes / 60)}` };
}

const pointsUpTo = (steps: readonly (readonly [number, number])[], value: number): number =>
  steps.find(([most]) => value <= most)?.[1] ?? 0;

function spanText(hours: number): string {
  if (hours < 2) return `${Math.floor(hours * 60)} min`;
  return hours < 48 ? `${Math.floor(hours)} h` : `${Math.floor(hours / 24)} days`;
}
