// Every branch, retry and catch of the workflow that brings the swarm up.
import { describe, expect, it } from 'vitest';
import { definitionOf, type Fake, failing, passed, walk } from './walk.ts';

const definition = definitionOf('statemachines/bootstrap/bootstrap-swarm.asl.json');
const agents = ['agt_analyst', 'agt_strategist', 'agt_writer'].map((agentId) => ({ agentId }));

const run = (exceptions: Record<string, Fake> = {}) =>
  walk(
    definition,
    {
      RegisterAgents: () => ({ agents }),
      GreetAgent: ({ agentId }) => ({ agentId, status: 'READY' }),
      ValidateSwarm: () => ({ valid: true }),
      ActivateSwarm: () => ({}),
      ...exceptions,
    },
    {},
  );
const count = (names: string[], state: string) => names.filter((name) => name === state).length;

describe('bootstrap-swarm', () => {
  it('registers, greets everybody, validates and activates', async () => {
    const story = await run();
    expect(passed(story)).toEqual(['RegisterAgents', ...Array(3).fill('GreetAgent'), 'ValidateSwarm', 'ActivateSwarm']);
    const greeted = story.calls.filter(({ state }) => state === 'GreetAgent').map(({ input }) => input);
    expect(greeted).toEqual(agents);
    expect(story).toMatchObject({ end: 'SwarmActivated', failed: false });
  });

  it('goes on when there is nobody to greet: validation decides what that means', async () => {
    const story = await run({ RegisterAgents: () => ({ agents: [] }) });
    expect(passed(story)).toEqual(['RegisterAgents', 'ValidateSwarm', 'ActivateSwarm']);
  });

  it('lets the others in when one agent is silent', async () => {
    const story = await run({
      GreetAgent: (agent) => (agent.agentId === 'agt_writer' ? failing('AgentSilent')(agent) : {}),
    });
    expect(count(passed(story), 'GreetAgent')).toBe(3);
    expect(story).toMatchObject({ end: 'SwarmActivated', failed: false });
  });

  it('fails when the swarm is not complete, and activates nothing', async () => {
    const story = await run({ ValidateSwarm: () => ({ valid: false }) });
    expect(count(passed(story), 'ActivateSwarm')).toBe(0);
    expect(story).toMatchObject({ end: 'SwarmInvalid', failed: true });
  });

  it.each([
    { state: 'RegisterAgents', answer: { agents } },
    { state: 'ValidateSwarm', answer: { valid: true } },
    { state: 'ActivateSwarm', answer: {} },
  ])('tries $state again while a table is busy, and no longer than six times', async ({ state, answer }) => {
    const patient = await run({ [state]: failing('TableBusy', 6, answer) });
    expect(count(passed(patient), state)).toBe(7);
    expect(patient).toMatchObject({ end: 'SwarmActivated', failed: false });
    const inVain = await run({ [state]: failing('TableBusy', 7, answer) });
    expect(inVain).toMatchObject({ end: state, failed: true });
  });

  it('tries to greet again while a table is busy', async () => {
    const story = await run({ GreetAgent: failing('TableBusy', 1) });
    expect(count(passed(story), 'GreetAgent')).toBe(4);
    expect(story.end).toBe('SwarmActivated');
  });

  it.each(['RegisterAgents', 'ValidateSwarm', 'ActivateSwarm'])('fails at once when %s breaks', async (state) => {
    const story = await run({ [state]: failing('InvalidTableCall') });
    expect(count(passed(story), state)).toBe(1);
    expect(story).toMatchObject({ end: state, failed: true });
  });
});
