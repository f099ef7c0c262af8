// What may be handed in as an objective, how a refusal reads, and the tables of allowed moves.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../common/problem.ts';
import { mayMove, statusesBefore } from './moves.ts';
import { ALLOWED_OBJECTIVE_MOVES, ObjectiveFile, ObjectiveRequest, ObjectiveStatus } from './objective.ts';
import { ALLOWED_TASK_MOVES, TaskStatus } from './task.ts';

describe('an objective', () => {
  it('needs no more than a sentence', () => {
    expect(ObjectiveRequest.parse({ text: '  Grow  ' })).toEqual({ text: 'Grow', impact: 5, budgetUsd: 0, inputs: [] });
  });

  it('takes everything that is documented', () => {
    const request = {
      text: 'Increase the net promoter score',
      impact: 8,
      deadline: '2026-09-01T12:00:00+02:00',
      budgetUsd: 5,
      projectedRoi: 3.5,
      inputs: [
        { name: 'feedback', mediaType: 'text/csv', content: 'score\n9\n' },
        { name: 'reviews 2026', artifactId: 'art_01JZZZZZZZZZZZZZZZZZZZZZZZ' },
      ],
      plan: [{ id: 'a', title: 'A', capability: 'noop' }],
    };
    expect(ObjectiveRequest.parse(request)).toMatchObject({
      ...request,
      plan: [{ parameters: {}, dependsOn: [], resources: [] }],
    });
    expect(
      ObjectiveFile.parse({ text: 'x', inputs: [{ name: 'feedback', file: 'feedback.csv' }] }).inputs[0],
    ).toHaveProperty('file');
    expect(ObjectiveRequest.parse({ text: 'x', plan: [] }).plan).toEqual([]);
  });

  it.each([
    { when: 'no text', body: {}, path: 'text', expected: /string/ },
    { when: 'blank text', body: { text: ' \n ' }, path: 'text', expected: /not empty/ },
    { when: '2,001 characters', body: { text: 'x'.repeat(2_001) }, path: 'text', expected: /at most 2000 characters/ },
    { when: 'impact 11', body: { text: 'x', impact: 11 }, path: 'impact', expected: /at most 10/ },
    { when: 'impact 0', body: { text: 'x', impact: 0 }, path: 'impact', expected: /at least 1/ },
    { when: 'impact 1.5', body: { text: 'x', impact: 1.5 }, path: 'impact', expected: /whole number/ },
    { when: 'impact "8"', body: { text: 'x', impact: '8' }, path: 'impact', expected: /number/ },
    { when: 'urgency soon', body: { text: 'x', urgency: 'soon' }, path: 'urgency', expected: /minutes, hours, days/ },
    { when: 'a vague deadline', body: { text: 'x', deadline: 'tomorrow' }, path: 'deadline', expected: /ISO/ },
    {
      when: 'time said twice',
      body: { text: 'x', urgency: 'days', deadline: '2026-09-01T00:00:00Z' },
      path: 'deadline',
      expected: /not both/,
    },
    { when: 'a negative budget', body: { text: 'x', budgetUsd: -1 }, path: 'budgetUsd', expected: /at least 0/ },
    {
      when: 'a huge budget',
      body: { text: 'x', budgetUsd: 1_000_001 },
      path: 'budgetUsd',
      expected: /at most 1000000/,
    },
    { when: 'half a cent', body: { text: 'x', budgetUsd: 1.005 }, path: 'budgetUsd', expected: /whole cents/ },
    { when: 'an unknown field', body: { text: 'x', budget: 5 }, path: 'budget', expected: /no field of this name/ },
    {
      when: 'an input of nothing',
      body: { text: 'x', inputs: [{ name: 'a' }] },
      path: 'inputs[0]',
      expected: /content or artifactId/,
    },
    {
      when: 'a file over HTTP',
      body: { text: 'x', inputs: [{ name: 'a', content: '', file: 'b' }] },
      path: 'inputs[0].file',
      expected: /no field/,
    },
    {
      when: 'a name twice',
      body: {
        text: 'x',
        inputs: [
          { name: 'a', content: '' },
          { name: 'a', content: '' },
        ],
      },
      path: 'inputs[1].name',
      expected: /once/,
    },
    {
      when: 'a path as name',
      body: { text: 'x', inputs: [{ name: '../etc', content: '' }] },
      path: 'inputs[0].name',
      expected: /plain name/,
    },
    {
      when: '65 KB inline',
      body: { text: 'x', inputs: [{ name: 'a', content: 'ä'.repeat(32_769) }] },
      path: 'inputs[0].content',
      expected: /64 KB/,
    },
    {
      when: '6 times 60 KB inline',
      body: {
        text: 'x',
        inputs: Array.from({ length: 6 }, (_, n) => ({ name: `n${n}`, content: 'c'.repeat(60_000) })),
      },
      path: 'inputs',
      expected: /320 KB/,
    },
    {
      when: 'a return of next to nothing',
      body: { text: 'x', projectedRoi: 5e-324 },
      path: 'projectedRoi',
      expected: /stored/,
    },
    { when: 'half of a character', body: { text: 'x \ud800' }, path: 'text', expected: /halves of characters/ },
    {
      when: 'a broken task',
      body: { text: 'x', plan: [{ id: 'a', title: 'A' }] },
      path: 'plan[0].capability',
      expected: /string/,
    },
    { when: 'a list', body: [], path: '', expected: /object/ },
  ])('$when is refused at $path', ({ body, path, expected }) => {
    const parsed = ObjectiveRequest.safeParse(body);
    if (parsed.success) throw new Error('accepted');
    const problems = problemsOf(parsed.error.issues, body);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.path).toBe(path);
    expect(problems[0]!.expected).toMatch(expected);
  });

  it('takes every amount in whole cents and no finer one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), fc.integer({ min: 1, max: 9 }), (cents, tenth) => {
        const take = (budgetUsd: number) => ObjectiveRequest.safeParse({ text: 'x', budgetUsd }).success;
        return take(cents / 100) && !take((Math.min(cents, 99_999_999) * 10 + tenth) / 1_000);
      }),
    );
  });
});

describe('moves', () => {
  it('are derived for the store from the table', () => {
    expect(statusesBefore(ALLOWED_OBJECTIVE_MOVES, 'succeeded')).toEqual(['running']);
    expect(statusesBefore(ALLOWED_TASK_MOVES, 'ready')).toEqual([
      'pending',
      'allocated',
      'running',
      'failed',
      'dead_letter',
    ]);
  });

  it('let nothing leave what is over for good, nor return to the beginning of a task', () => {
    for (const status of ['succeeded', 'cancelled'] as const) {
      expect(ALLOWED_OBJECTIVE_MOVES[status]).toEqual([]);
      expect(ALLOWED_TASK_MOVES[status]).toEqual([]);
    }
    expect(statusesBefore(ALLOWED_TASK_MOVES, 'pending')).toEqual([]);
  });

  it('reach every status from the first and never lead to themselves', () => {
    const reached = <Status extends string>(moves: Record<Status, readonly Status[]>, from: Status) => {
      const seen = new Set<Status>([from]);
      for (const status of seen) for (const next of moves[status]) seen.add(next);
      return seen;
    };
    expect(reached(ALLOWED_OBJECTIVE_MOVES, 'queued')).toEqual(new Set(ObjectiveStatus.options));
    expect(reached(ALLOWED_TASK_MOVES, 'pending')).toEqual(new Set(TaskStatus.options));
    for (const status of TaskStatus.options) expect(mayMove(ALLOWED_TASK_MOVES, status, status)).toBe(false);
  });
});
