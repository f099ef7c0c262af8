// The names of all workflows: one grammar for states, and every task calls the function it is named after, or it and
// the means by which: NotifyPeopleBySms calls notify-people.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kebab } from '../../lib/platform/names.ts';
import type { Json } from './walk.ts';

const ROOT = join(import.meta.dirname, '../..');
const ROOMS = globSync('functions/*', { cwd: ROOT }).map((folder) => folder.slice('functions/'.length));
const files = globSync('statemachines/*/*.asl.json', { cwd: ROOT });

const VERB_NOUN = /^([A-Z][a-z]+){2,}$/;
const PAST = '(ed|[Ii]nvalid|Missing|Empty|Silent)';
const GRAMMAR: Record<string, RegExp> = {
  Task: VERB_NOUN,
  Choice: /^([A-Z][a-z]+){2,}\?$/,
  Wait: /^WaitFor([A-Z][a-z]+)+$/,
  Map: /^ForEach([A-Z][a-z]+)+$/,
  Parallel: /^Together([A-Z][a-z]+)+$/,
  Succeed: new RegExp(`^([A-Z][a-z]+)+${PAST}$`),
  Fail: new RegExp(`^([A-Z][a-z]+)+${PAST}$`),
  Pass: new RegExp(`^([A-Z][a-z]+)+${PAST}$`),
};

/** Every state of a machine, those inside Map and Parallel included. */
function statesOf(machine: Json): [string, Json][] {
  return Object.entries<Json>(machine.States).flatMap(([name, state]) => [
    [name, state] as [string, Json],
    ...[state.ItemProcessor ?? [], state.Branches ?? []].flat().flatMap(statesOf),
  ]);
}

/** What is wrong with the names and calls of one workflow of a room. */
function faultsOf(room: string, machine: Json): string[] {
  return statesOf(machine).flatMap(([name, state]) => {
    const faults = GRAMMAR[state.Type]?.test(name) ? [] : [`${name} is no name for a ${state.Type}`];
    return state.Type === 'Task' ? [...faults, ...faultsOfTask(room, name, state)] : faults;
  });
}

/** A function that does several steps is told which; its states are named after the step. */
const SEVERAL_STEPS = ['KeepSnapshots', 'TransferState'];

function faultsOfTask(room: string, name: string, state: Json): string[] {
  const [, of = ''] = /^\$\{(\w+)Arn\}$/.exec(state.Resource) ?? [];
  const step = String(state.Parameters?.step ?? '');
  const several = SEVERAL_STEPS.find((one) => of.endsWith(one) && step && kebab(name).startsWith(step));
  const byMeans = state.Parameters?.channel === undefined ? name : name.replace(/By[A-Z][a-z]+$/, '');
  const called = several ?? byMeans;
  if (!of.endsWith(called)) return [`${called} calls ${state.Resource}`];
  const home = of === called ? room : kebab(of.slice(0, -called.length));
  if (of !== called && (home === room || !ROOMS.includes(home)))
    return [`${name} calls a function of the room ${home}`];
  const handler = `functions/${home}/${kebab(called)}.handler.ts`;
  const retried = (state.Retry ?? []).flatMap((retry: Json) => retry.ErrorEquals);
  return [
    ...(existsSync(join(ROOT, handler)) ? [] : [`${name}: ${handler} does not exist`]),
    ...(retried.includes('States.ALL') ? [`${name} retries whatever happens, bugs too`] : []),
    ...(state.TimeoutSeconds ? [] : [`${name} may hang for a year: it has no TimeoutSeconds`]),
  ];
}

describe.each(files)('%s', (file) => {
  const machine = JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

  it('has names after the grammar, and calls the functions of these names', () => {
    expect(faultsOf(file.split('/')[1]!, machine)).toEqual([]);
  });

  it('says in its comment what it is for, and what its retries add up to', () => {
    expect(machine.Comment).toMatch(/^\S.{40,} \d+ s in all/);
  });
});

describe('a breach of the names', () => {
  const task = (Resource: string, more = {}) => ({ Type: 'Task', Resource, TimeoutSeconds: 60, End: true, ...more });
  const inObjectives = (States: Json) => faultsOf('objectives', { States });

  it.each([
    {
      breach: 'a task that is no verb and noun',
      states: { Planning: task('${PlanningArn}') },
      says: 'is no name for a Task',
    },
    {
      breach: 'a choice that asks nothing',
      states: { PlanValid: { Type: 'Choice' } },
      says: 'is no name for a Choice',
    },
    { breach: 'an outcome that is none', states: { StopHere: { Type: 'Succeed' } }, says: 'is no name for a Succeed' },
    {
      breach: 'a call under another name',
      states: { PlanTasks: task('${StorePlanArn}') },
      says: 'PlanTasks calls ${StorePlanArn}',
    },
    {
      breach: 'a function that does not exist',
      states: { PaintWalls: task('${PaintWallsArn}') },
      says: 'does not exist',
    },
    {
      breach: 'a room that does not exist',
      states: { PlanTasks: task('${AtticPlanTasksArn}') },
      says: 'the room attic',
    },
    {
      breach: 'a means that the function does not get',
      states: { PlanTasksByHand: task('${PlanTasksArn}') },
      says: 'PlanTasksByHand calls ${PlanTasksArn}',
    },
    {
      breach: 'its own room in the name',
      states: { PlanTasks: task('${ObjectivesPlanTasksArn}') },
      says: 'the room objectives',
    },
    {
      breach: 'a retry of everything',
      states: { PlanTasks: task('${PlanTasksArn}', { Retry: [{ ErrorEquals: ['States.ALL'] }] }) },
      says: 'retries whatever happens',
    },
    {
      breach: 'a task without an end',
      states: { PlanTasks: task('${PlanTasksArn}', { TimeoutSeconds: undefined }) },
      says: 'no TimeoutSeconds',
    },
    {
      breach: 'a bad name inside a map',
      states: { ForEachAgent: { Type: 'Map', ItemProcessor: { States: { Oops: { Type: 'Pass' } } } } },
      says: 'Oops is no name',
    },
  ])('is found: $breach', ({ states, says }) => {
    expect(inObjectives(states).join('\n')).toContain(says);
  });
});
