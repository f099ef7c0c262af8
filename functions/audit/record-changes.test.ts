import { describe, expect, it } from 'vitest';
import { auditVerifier } from '../../bin/cli/verify-audit.ts';
import { change, changes, exportedLines, testAudit } from './audit.test-support.ts';
import type { Head } from './chain.ts';
import { factsOf } from './change-facts.ts';
import type { Lanes } from './lanes.store.ts';
import { recordChanges } from './record-changes.ts';
import { laneOf } from './stream-record.ts';
import { readEntry, readTrail } from './trail.ts';

const theLanes = (): Lanes => testAudit().lanes;

async function exported(lanes: Lanes): Promise<string[]> {
  return exportedLines({ lanes, roots: testAudit().roots });
}

async function verified(lanes: Lanes) {
  const verifier = auditVerifier();
  for (const line of await exported(lanes)) verifier.feed(line);
  return verifier.report();
}

const largeFields = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`field${n}`, `${n} `.repeat(60)]));

describe('recording changes', () => {
  it('chains every change in order, so that an independent verifier agrees', async () => {
    const lanes = theLanes();
    await recordChanges('objectives', changes(1, 400), lanes, new Map());
    expect(await verified(lanes)).toMatchObject({ valid: true, entries: 400 });
  });

  it('writes each change once when runs come again, longer or cut short', async () => {
    const lanes = theLanes();
    const heads = new Map<string, Head>();
    await recordChanges('objectives', changes(1, 5), lanes, heads);
    await recordChanges('objectives', changes(1, 5), lanes, heads);
    await recordChanges('objectives', changes(1, 9), lanes, new Map());
    await recordChanges('objectives', changes(6, 12), lanes, new Map());
    expect(await verified(lanes)).toMatchObject({ valid: true, entries: 12 });
  });

  it('keeps one chain when two instances append at once with what they remember', async () => {
    const lanes = theLanes();
    const [left, right] = [new Map<string, Head>(), new Map<string, Head>()];
    await Promise.all([
      recordChanges('objectives', changes(1, 50), lanes, left),
      recordChanges('objectives', changes(51, 100), lanes, right),
    ]);
    await Promise.all([
      recordChanges('objectives', changes(101, 120), lanes, left),
      recordChanges('objectives', changes(121, 140), lanes, right),
    ]);
    expect(await verified(lanes)).toMatchObject({ valid: true, entries: 140 });
  });

  it('is found out when one letter of a stored entry changes', async () => {
    const lanes = theLanes();
    await recordChanges('objectives', changes(1, 20), lanes, new Map());
    const lines = await exported(lanes);
    const verifier = auditVerifier();
    for (const line of lines) verifier.feed(line.replace('obj_7', 'obj_8'));
    expect(verifier.report()).toMatchObject({ valid: false, faults: [expect.objectContaining({ seq: 7 })] });
  });

  it('gives up aloud when others are always faster, and cuts a run that is too large for one item', async () => {
    const { lanes } = testAudit();
    const always = { ...lanes, append: async () => 'refused' as const };
    await expect(recordChanges('objectives', changes(1, 2), always, new Map())).rejects.toThrow('moved on 20 times');
    const large = changes(1, 40).map((one) => ({ ...one, after: { ...one.after!, ...largeFields } }));
    expect(await recordChanges('objectives', large, lanes, new Map())).toBe(40);
    expect((await lanes.batches('objectives', { limit: 10 })).batches.length).toBeGreaterThan(1);
  });

  it('leaves out the bookkeeping of requests', async () => {
    const lanes = theLanes();
    await recordChanges(
      'objectives',
      [change(1, { before: undefined, after: { pk: 'idempotency#x', sk: 'request' } }), change(2)],
      lanes,
      new Map(),
    );
    expect(await verified(lanes)).toMatchObject({ entries: 1 });
  });
});

describe('what an entry says', () => {
  it('names who, why and each path with before and after', () => {
    expect(factsOf(change(1), 'objectives')).toMatchObject({
      by: 'operator',
      why: 'planned',
      changes: [{ path: 'status', before: 'queued', after: 'running' }],
    });
  });

  it('goes into maps and compares sets whatever their order', () => {
    const before = { pk: 'p', sk: 's', tasks: { '1': { status: 'running' }, '2': { waitsFor: new Set(['a', 'b']) } } };
    const after = { pk: 'p', sk: 's', tasks: { '1': { status: 'succeeded' }, '2': { waitsFor: new Set(['b', 'a']) } } };
    expect(factsOf(change(1, { before, after }), 'objectives').changes).toEqual([
      { path: 'tasks.1.status', before: 'running', after: 'succeeded' },
    ]);
  });

  it('keeps a long value as its digest', () => {
    const after = { pk: 'p', sk: 's', text: 'x'.repeat(5_000) };
    const [entry] = factsOf(change(1, { kind: 'INSERT', before: undefined, after }), 'objectives').changes;
    expect(entry?.after).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: 5_002 });
  });

  it('says so when time to live removed an item', () => {
    expect(factsOf(change(1, { kind: 'REMOVE', after: undefined, byTtl: true }), 'objectives')).toMatchObject({
      by: 'time to live',
    });
  });

  it.each([
    ['arn:aws:dynamodb:eu-central-1:1:table/LazyArk-ObjectivesTable1A2B/stream/2026', 'objectives'],
    ['arn:aws:dynamodb:eu-central-1:1:table/LazyArk-SafetyTable1A2B/stream/2026', 'safety'],
    ['arn:aws:dynamodb:eu-central-1:1:table/LazyArk-OperationsTable1A2B/stream/2026', 'operations'],
  ])('%s is the lane %s', (arn, lane) => {
    expect(laneOf(arn)).toBe(lane);
  });
});

describe('reading the trail', () => {
  it('merges lanes newest first and pages without gaps or repeats', async () => {
    const lanes = theLanes();
    await recordChanges('objectives', changes(1, 130), lanes, new Map());
    await recordChanges('safety', changes(131, 200), lanes, new Map());
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await readTrail({ limit: 30, cursor }, lanes);
      seen.push(...page.items.map(({ eventId }) => eventId));
      cursor = page.cursor;
    } while (cursor);
    expect(seen).toEqual(Array.from({ length: 200 }, (_, n) => `event-${200 - n}`));
  });

  it('finds by text and one entry by its id', async () => {
    const lanes = theLanes();
    await recordChanges('objectives', changes(1, 50), lanes, new Map());
    const { items } = await readTrail({ limit: 10, q: 'OBJ_33' }, lanes);
    expect(items.map(({ pk }) => pk)).toEqual(['obj_33']);
    expect(await readEntry(items[0]?.entryId ?? '', lanes)).toMatchObject({ pk: 'obj_33', seq: 33 });
    expect(await readEntry('aud_objectives_999', lanes)).toBeUndefined();
  });
});
