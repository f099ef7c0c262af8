// Every branch, retry and catch of the workflow that plans objectives.
import { describe, expect, it } from 'vitest';
import { definitionOf, type Fake, failing, passed, walk } from './walk.ts';

const definition = definitionOf('statemachines/objectives/decompose-objective.asl.json');
const ref = { objectiveId: 'obj_01' };
const input = { causedBy: 'obj_02', run: 'obj_02' };

/** A day on which all goes well, apart from what a test says. */
const run = (exceptions: Record<string, Fake> = {}) =>
  walk(
    definition,
    {
      SelectObjective: () => ({ selected: true, ...ref }),
      RecallSimilar: () => ({ patterns: 'large and of no concern to the next state' }),
      PlanTasks: () => ({}),
      ValidatePlan: ({ repairs }) => ({ valid: true, repairs }),
      RepairPlan: () => ({}),
      StorePlan: () => ({}),
      RejectObjective: () => ({}),
      ...exceptions,
    },
    input,
  );

const UNTIL_VALIDATED = ['SelectObjective', 'RecallSimilar', 'PlanTasks', 'ValidatePlan'];
const PLANNING = ['RecallSimilar', 'PlanTasks', 'ValidatePlan', 'StorePlan'];

describe('decompose-objective', () => {
  it('stores a plan that is valid', async () => {
    const story = await run();
    expect(passed(story)).toEqual([...UNTIL_VALIDATED, 'StorePlan']);
    expect(story).toMatchObject({ end: 'ObjectivePlanned', failed: false });
  });

  it('lets only references travel', async () => {
    const { calls } = await run();
    expect(calls[0]?.input).toEqual(input);
    for (const call of calls.slice(1)) expect(call.input).toEqual({ ...ref, repairs: 0 });
  });

  it('ends well when nothing is queued', async () => {
    const story = await run({ SelectObjective: () => ({ selected: false }) });
    expect(passed(story)).toEqual(['SelectObjective']);
    expect(story).toMatchObject({ end: 'QueueEmpty', failed: false });
  });

  it('repairs an invalid plan once and checks it again', async () => {
    const story = await run({ ValidatePlan: ({ repairs }) => ({ valid: repairs === 1, repairs }) });
    expect(passed(story)).toEqual([...UNTIL_VALIDATED, 'RepairPlan', 'ValidatePlan', 'StorePlan']);
    expect(story.calls.at(-1)?.input).toEqual({ ...ref, repairs: 1 });
    expect(story).toMatchObject({ end: 'ObjectivePlanned', failed: false });
  });

  it('rejects a plan that is invalid after its repair, and does not repair it forever', async () => {
    const story = await run({ ValidatePlan: ({ repairs }) => ({ valid: false, repairs }) });
    expect(passed(story)).toEqual([...UNTIL_VALIDATED, 'RepairPlan', 'ValidatePlan', 'RejectObjective']);
    expect(story.calls.at(-1)?.input).toMatchObject({ ...ref, verdict: { valid: false } });
    expect(story).toMatchObject({ end: 'ObjectiveRejected', failed: false });
  });

  it.each([...PLANNING, 'RepairPlan'])('rejects with the error when %s breaks', async (state) => {
    const invalid: Record<string, Fake> = state === 'RepairPlan' ? { ValidatePlan: () => ({ valid: false }) } : {};
    const story = await run({ ...invalid, [state]: failing('PatternBroken') });
    expect(passed(story).slice(-2)).toEqual([state, 'RejectObjective']);
    expect(story.calls.at(-1)?.input).toMatchObject({ ...ref, error: { Error: 'PatternBroken' } });
    expect(story).toMatchObject({ end: 'ObjectiveRejected', failed: false });
  });

  it.each(['SelectObjective', ...PLANNING])('tries %s again while a table is busy', async (state) => {
    const answer = { SelectObjective: { selected: true, ...ref }, ValidatePlan: { valid: true, repairs: 0 } }[state];
    const story = await run({ [state]: failing('TableBusy', 6, answer) });
    expect(passed(story).filter((name) => name === state)).toHaveLength(7);
    expect(story).toMatchObject({ end: 'ObjectivePlanned', failed: false });
  });

  it.each([
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
    'Lambda.Unknown',
    'Runtime.ExitError',
    'TableOutcomeUnknown',
  ])('tries again after %s', async (error) => {
    const story = await run({ PlanTasks: failing(error, 1) });
    expect(passed(story).filter((name) => name === 'PlanTasks')).toHaveLength(2);
    expect(story.end).toBe('ObjectivePlanned');
  });

  it('gives up waiting for a busy table and says so', async () => {
    const story = await run({ PlanTasks: failing('TableBusy') });
    expect(passed(story).filter((name) => name === 'PlanTasks')).toHaveLength(7);
    expect(story.calls.at(-1)).toMatchObject({ state: 'RejectObjective', input: { error: { Error: 'TableBusy' } } });
  });

  it('tries the rejection again too', async () => {
    const story = await run({ PlanTasks: failing('PatternBroken'), RejectObjective: failing('TableBusy', 2) });
    expect(passed(story).filter((name) => name === 'RejectObjective')).toHaveLength(3);
    expect(story).toMatchObject({ end: 'ObjectiveRejected', failed: false });
  });

  it.each(['SelectObjective', 'RejectObjective'])(
    'fails when %s breaks: there is nobody left to tell',
    async (state) => {
      const story = await run({ PlanTasks: failing('PatternBroken'), [state]: failing('InvalidTableCall') });
      expect(story).toMatchObject({ end: state, failed: true });
    },
  );
});
