import { describe, expect, it } from 'vitest';
import { resultText, troubleLines } from './objective-result.ts';
import { changeLines, graphLines, layersOf, type ObjectiveView, type TaskView } from './objective-view.ts';

const aTask = (id: string, status: string, dependsOn: string[] = [], more: Partial<TaskView> = {}): TaskView => ({
  taskId: `tsk_01_${id}`,
  id,
  title: `Do ${id}`,
  capability: 'noop',
  status,
  attempts: 1,
  dependsOn,
  ...more,
});
const anObjective = (tasks: TaskView[], more: Partial<ObjectiveView> = {}): ObjectiveView => ({
  objectiveId: 'obj_01',
  text: 'Raise the score',
  status: 'running',
  progress: { percent: 0, done: tasks.filter(({ status }) => status === 'succeeded').length, total: tasks.length },
  tasks,
  createdAt: '2026-01-01T00:00:00Z',
  ...more,
});
const plain = { columns: 100, rows: 30, colours: false };

describe('layersOf', () => {
  it('counts the longest way to a task, by plan ids and task ids alike', () => {
    const tasks = [aTask('c', 'pending', ['b', 'a']), aTask('a', 'running'), aTask('b', 'pending', ['tsk_01_a'])];
    expect([...layersOf(tasks)]).toEqual(
      expect.arrayContaining([
        ['tsk_01_a', 0],
        ['tsk_01_b', 1],
        ['tsk_01_c', 2],
      ]),
    );
  });

  it('ends on a cycle', () => {
    expect(layersOf([aTask('a', 'pending', ['b']), aTask('b', 'pending', ['a'])]).size).toBe(2);
  });
});

describe('graphLines', () => {
  it('shows layers by indentation, statuses as icon and word, agents and attempts', () => {
    const lines = graphLines(
      anObjective([
        aTask('b', 'failed', ['a'], { agentId: 'agt_analyst', attempts: 2 }),
        aTask('a', 'succeeded', [], { agentId: 'agt_writer' }),
      ]),
      plain,
    );
    expect(lines[0]).toBe('Raise the score  ● running  1 of 2 tasks');
    expect(lines[1]).toMatch(/^ {2}Do a +✔ succeeded agt_writer$/);
    expect(lines[2]).toMatch(/^ {4}Do b +↻ failed agt_analyst attempt 2$/);
    expect(lines[1]?.indexOf('✔')).toBe(lines[2]?.indexOf('↻'));
  });

  it('fits a narrow and low screen and keeps what moves', () => {
    const tasks = Array.from({ length: 40 }, (_, n) =>
      aTask(`t${n}`, n === 33 ? 'running' : 'pending', [], { title: 'x'.repeat(200) }),
    );
    const lines = graphLines(anObjective(tasks), { columns: 60, rows: 12, colours: false });
    expect(lines).toHaveLength(9);
    expect(lines.at(-1)).toBe('  … and 33 more');
    expect(lines.filter((line) => line.includes('running'))).toHaveLength(2);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it('colours only where the screen has colours', () => {
    const objective = anObjective([aTask('a', 'running')]);
    expect(graphLines(objective, plain).join('')).not.toContain('\u001b');
    expect(graphLines(objective, { ...plain, colours: true }).join('')).toContain('\u001b[34m● running');
  });

  it('lets no text from elsewhere move the cursor', () => {
    const lines = graphLines(anObjective([aTask('a', 'running', [], { title: 'evil\u001b[2Jtitle\nsecond' })]), plain);
    expect(lines[1]).toContain('evil[2Jtitle second');
  });
});

describe('changeLines', () => {
  it('says what changed and stays quiet otherwise', () => {
    const before = anObjective([aTask('a', 'running'), aTask('b', 'pending', ['a'], { attempts: 0 })]);
    const after = anObjective([
      aTask('a', 'succeeded', [], { agentId: 'agt_x' }),
      aTask('b', 'pending', ['a'], { attempts: 0 }),
    ]);
    expect(changeLines(undefined, before)).toEqual(['obj_01 running, 0 of 2 tasks done', '  running     Do a']);
    expect(changeLines(before, after)).toEqual(['  succeeded   Do a (agt_x)']);
    expect(changeLines(after, after)).toEqual([]);
  });
});

describe('what came out', () => {
  it.each([
    { result: '# Report\n', text: '# Report' },
    { result: { report: '# R', nps: 12 }, text: '# R' },
    { result: { markdown: '# M' }, text: '# M' },
    { result: { nps: 12 }, text: '{\n  "nps": 12\n}' },
    { result: undefined, text: 'null' },
  ])('$result is shown as $text', ({ result, text }) => {
    expect(resultText({ result })).toBe(text);
  });

  it('says which task gave up, why, and how to try again', () => {
    const error = { name: 'PermanentTaskError', message: 'no such column' };
    const lines = troubleLines(
      anObjective([aTask('a', 'dead_letter', [], { attempts: 3, error })], {
        status: 'failed',
        problem: 'a task gave up',
      }),
    );
    expect(lines).toEqual([
      'The objective failed: a task gave up',
      '  Do a (tsk_01_a) gave up after 3 attempts: PermanentTaskError: no such column',
      'try again with: lazyark task redrive tsk_01_a',
    ]);
  });
});
