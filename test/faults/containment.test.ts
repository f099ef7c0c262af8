// A kill while 1,000 tasks run, again and again: how fast the gate refuses, how fast all is contained, and whether the
// certificate is right.
//
// LAZYARK_KILL_ROUNDS=100 for the full figure; LAZYARK_KILL_TASKS and LAZYARK_FAULT_SEED change the rest. Each round hands in
// objectives of up to 25 sleeping tasks, presses kill at a drawn moment while more keep coming in, and checks everything.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureAssembly } from '../../bin/build.ts';
import { type Certificate, verifyCertificate } from '../../functions/safety/certificate.ts';
import { clientOf, type Swarm } from '../journeys/client.ts';
import { task } from '../journeys/plans.ts';
import { type Chance, chanceFrom, numberFrom } from './random.ts';
import { type RuntimeProcess, startProcess } from './runtime-process.ts';

const seed = numberFrom('LAZYARK_FAULT_SEED', 7);
const rounds = numberFrom('LAZYARK_KILL_ROUNDS', 2);
const tasks = numberFrom('LAZYARK_KILL_TASKS', 1_000);
const containedMsMax = 5_000;
const refusedMsMax = 1_000;
/** What sleeps longer than this fails by itself: it keeps the agent's line short between rounds. */
const timeoutSeconds = 20;
const perObjective = 25;

type Kill = { status: string; effects: Record<string, number>; points: { state: string }[]; certificate?: object };
type Figures = { inFlight: number; refusedMs: number; containedMs: number; seenMs: number; answeredMs: number };

const folder = mkdtempSync(join(tmpdir(), 'lazyark-containment-'));
const figures: Figures[] = [];
let runtime: RuntimeProcess | undefined;
let swarm: Swarm;
const api = clientOf(() => swarm, 100_000);

beforeAll(async () => {
  await ensureAssembly({ quiet: true });
  mkdirSync(folder, { recursive: true });
  runtime = startProcess(folder);
  swarm = await runtime.ready;
}, 120_000);
afterAll(async () => {
  await runtime?.kill();
  rmSync(folder, { recursive: true, force: true });
  if (figures.length > 0) console.info(report());
});

/** A round that failed leaves nothing stopped or running for the next. */
let begun: string[] = [];
afterEach(async () => {
  for (const id of begun) await api.call('POST', `/api/v1/objectives/${id}/cancel`);
  begun = [];
  await api.post('/resume', { reason: 'the round is over' });
  await api.until('nothing runs', running, (count) => count === 0);
}, 120_000);

describe(`kill with ${tasks} tasks running (LAZYARK_FAULT_SEED=${seed})`, () => {
  it.for(Array.from({ length: rounds }, (_, index) => index + 1))('round %i', async (round) => {
    const chance = chanceFrom(seed * 1_000 + round);
    await handIn(chance, Math.ceil(tasks / perObjective));
    await api.until(`${tasks} tasks run`, running, (count) => count >= tasks * 0.98);
    const later = keepHandingIn(chance);
    await wait(chance.below(400));
    const found = await pressKill().finally(() => later.stop());
    figures.push(found);
    expect(found.inFlight).toBeGreaterThanOrEqual(tasks * 0.9);
    expect(found.refusedMs).toBeLessThanOrEqual(refusedMsMax);
    expect(found.containedMs).toBeLessThan(containedMsMax);
    expect(await running()).toBe(0);
  });

  it('publishes its figures', () => {
    const path = process.env.LAZYARK_KILL_REPORT;
    if (path) writeFileSync(path, `${JSON.stringify({ seed, tasks, rounds: figures }, undefined, 2)}\n`);
    expect(figures).toHaveLength(rounds);
  });
});

const running = async (): Promise<number> => (await api.get<{ tasks: { running: number } }>('/status')).tasks.running;

async function handIn(chance: Chance, objectives: number, size = perObjective): Promise<void> {
  const plan = () =>
    Array.from({ length: size }, (_, n) => ({
      ...task(`t${n}`, 'noop', { delayMs: 15_000 + chance.below(5_000) }),
      timeoutSeconds,
      maxAttempts: 10,
    }));
  for (let sent = 0; sent < objectives; sent += 10) {
    const group = Array.from({ length: Math.min(10, objectives - sent) }, () => api.submit({ plan: plan() }));
    begun.push(...(await Promise.all(group)));
  }
}

/** New work all the time, so that there is always something for the gate to refuse. */
function keepHandingIn(chance: Chance) {
  let on = true;
  const sending = (async () => {
    while (on) {
      await handIn(chance, 1, 2);
      await wait(20);
    }
  })();
  return {
    stop: async () => {
      on = false;
      await sending;
    },
  };
}

async function pressKill(): Promise<Figures> {
  const pressedMs = Date.now();
  const { killId } = await api.post<{ killId: string }>('/kill', { reason: 'a drill with many tasks' });
  const answeredMs = Date.now() - pressedMs;
  const isOver = ({ status, certificate }: Kill) => status === 'contained' && certificate !== undefined;
  await api.until('the kill is contained', () => api.get<Kill>(`/kills/${killId}`), isOver);
  const seenMs = Date.now() - pressedMs;
  const certificate = await api.get<Certificate>(`/kills/${killId}/certificate`);
  expect(verifyCertificate(certificate)).toEqual({ valid: true, faults: [] });
  const { points, effects, containedAt } = certificate.certificate;
  expect(points.map(({ state }) => state)).toEqual(points.map(() => 'confirmed'));
  expect(effects).toMatchObject({ open: 0, unknown: 0 });
  expect(effects.finished + effects.stopped).toBe(effects.inFlight);
  const clearedMs = certificate.effects.map(({ at }) => Date.parse(at) - pressedMs);
  await expectNothingBegun(pressedMs);
  return {
    inFlight: effects.inFlight,
    refusedMs: clearedMs.reduce((most, ms) => Math.max(most, ms), 0),
    containedMs: Date.parse(containedAt ?? '') - pressedMs,
    seenMs,
    answeredMs,
  };
}

/** Of all effects since a second after the kill was pressed, each was held. */
async function expectNothingBegun(pressedMs: number): Promise<void> {
  const { items } = await api.get<{ items: { at: string; status: string }[] }>('/effects?limit=200');
  const since = new Date(pressedMs + refusedMsMax).toISOString();
  const begun = items.filter(({ at, status }) => at > since && status !== 'held');
  expect(begun).toEqual([]);
}

function report(): string {
  const line = (name: keyof Figures) => {
    const sorted = figures.map((one) => one[name]).sort((left, right) => left - right);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
    return `${name}: p50 ${at(0.5)}, p99 ${at(0.99)}, most ${sorted.at(-1)}`;
  };
  const names: (keyof Figures)[] = ['inFlight', 'answeredMs', 'refusedMs', 'containedMs', 'seenMs'];
  return [
    `kills with ${tasks} tasks running, LAZYARK_FAULT_SEED=${seed}, ${figures.length} rounds`,
    ...names.map(line),
  ].join('\n');
}
