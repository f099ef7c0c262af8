// Every rung, branch, retry and catch of the ladder by which people are reached.
import { describe, expect, it } from 'vitest';
import { definitionOf, type Fake, failing, type Json, passed, walk } from './walk.ts';

const definition = definitionOf('statemachines/safety/escalate-notice.asl.json');
const input = { noticeId: 'ntc_01', round: 2 };
const until = '2026-11-20T12:05:00.000Z';

const RUNGS = ['NotifyPeopleByDiscord', 'NotifyPeopleBySms', 'NotifyPeopleByVoice'];
const BESIDE = ['NotifyPeopleBySlack', 'NotifyPeopleByPagerduty'];

/** Nobody answers, and every channel delivers, apart from what a test says. */
const run = (results: Record<string, string | Fake> = {}) => {
  const fakes = [...RUNGS, ...BESIDE, 'NotifyPeopleByConsole'].map((state) => {
    const result = results[state] ?? (state === 'NotifyPeopleByConsole' ? 'exhausted' : 'delivered');
    return [state, typeof result === 'string' ? () => ({ result, until }) : result] as const;
  });
  return walk(definition, Object.fromEntries(fakes), input);
};
const climbed = (story: { calls: { state: string; input: Json }[] } & Json) =>
  passed(story).filter((state) => !BESIDE.includes(state));

describe('escalate-notice', () => {
  it('climbs Discord, text message and call, with Slack and PagerDuty beside the first, and ends exhausted', async () => {
    const story = await run();
    expect(climbed(story)).toEqual([...RUNGS, 'NotifyPeopleByConsole']);
    expect(passed(story).slice(0, 3).sort()).toEqual([RUNGS[0], ...BESIDE].sort());
    expect(story).toMatchObject({ end: 'EscalationExhausted', failed: true });
  });

  it('lets only references travel', async () => {
    const { calls } = await run();
    for (const { state, input: given } of calls)
      expect(given).toEqual({ ...input, channel: state.slice('NotifyPeopleBy'.length).toLowerCase() });
  });

  it.each(RUNGS)('ends at once where %s finds that somebody answered', async (state) => {
    const story = await run({ [state]: 'answered' });
    expect(climbed(story)).toEqual(RUNGS.slice(0, RUNGS.indexOf(state) + 1));
    expect(story).toMatchObject({ end: 'NoticeAcknowledged', failed: false });
  });

  it('ends well where somebody answered while the last rung was waited for', async () => {
    expect(await run({ NotifyPeopleByConsole: 'acknowledged' })).toMatchObject({
      end: 'NoticeAcknowledged',
      failed: false,
    });
  });

  it('with no channel configured it passes every rung without waiting and leaves the notice to the console', async () => {
    const all = Object.fromEntries([...RUNGS, ...BESIDE].map((state) => [state, 'skipped']));
    const story = await run({ ...all, NotifyPeopleByConsole: 'console' });
    expect(climbed(story)).toEqual([...RUNGS, 'NotifyPeopleByConsole']);
    expect(story.entered.filter((name) => name.startsWith('WaitFor'))).toEqual([]);
    expect(story).toMatchObject({ end: 'ConsoleAwaited', failed: false });
  });

  it('waits after each rung that delivered', async () => {
    const { entered } = await run();
    expect(entered.filter((name) => name.startsWith('WaitFor'))).toEqual([
      'WaitForDiscordAnswer',
      'WaitForSmsAnswer',
      'WaitForVoiceAnswer',
    ]);
  });

  it.each(RUNGS.flatMap((state) => ['failed', 'unknown', 'skipped'].map((result) => ({ state, result }))))(
    'takes the next rung at once where $state ends as $result',
    async ({ state, result }) => {
      const story = await run({ [state]: result });
      expect(climbed(story)).toEqual([...RUNGS, 'NotifyPeopleByConsole']);
      expect(story.entered).not.toContain(`WaitFor${state.slice('NotifyPeopleBy'.length)}Answer`);
    },
  );

  it.each([...RUNGS, ...BESIDE])('goes on where %s breaks', async (state) => {
    const story = await run({ [state]: failing('InvalidTableCall') });
    expect(climbed(story)).toEqual([...RUNGS, 'NotifyPeopleByConsole']);
    expect(story.end).toBe('EscalationExhausted');
  });

  it.each([...RUNGS, ...BESIDE, 'NotifyPeopleByConsole'])('tries %s again while a table is busy', async (state) => {
    const answer = { result: state === 'NotifyPeopleByConsole' ? 'console' : 'delivered', until };
    const story = await run({ [state]: failing('TableBusy', 6, answer) });
    expect(passed(story).filter((name) => name === state)).toHaveLength(7);
  });

  it('fails when even the console breaks: its alarm is the last that can be told', async () => {
    const story = await run({ NotifyPeopleByConsole: failing('InvalidTableCall') });
    expect(story).toMatchObject({ end: 'NotifyPeopleByConsole', failed: true });
  });
});
