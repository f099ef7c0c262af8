// lazyark task … and lazyark agent …: what is being done, and who can do it.
import type { Command } from 'commander';
import { parse } from 'yaml';
import { BadInput } from './failure.ts';
import { readTextFile } from './objective-file.ts';
import { errorText } from './objective-result.ts';
import type { TaskView } from './objective-view.ts';
import {
  fieldLines,
  onApi,
  type PageOf,
  type PageOptions,
  pageLines,
  pageQuery,
  type Surroundings,
  withPage,
} from './session.ts';

type TaskListOptions = PageOptions & { objective?: string; status?: string };

export function addTaskCommands(program: Command, surroundings: Surroundings): void {
  const task = program.command('task').description('the tasks of objectives');
  const list = withPage(task.command('list').description('tasks that gave up (dead letters), or those of an objective'))
    .option('--objective <objective-id>', 'of this objective')
    .option('--status <status>', 'in this status');
  onApi<TaskListOptions>(list, surroundings, async ({ api, options, print }) => {
    const query = { ...pageQuery(options), objectiveId: options.objective, status: options.status };
    const page = await api.get<PageOf<TaskView>>('/tasks', query);
    const row = (item: TaskView) => [
      item.taskId,
      item.status,
      item.attempts,
      item.agentId,
      item.title,
      item.error ? errorText(item.error) : '',
    ];
    print(page, () => pageLines(page, ['task', 'status', 'attempts', 'agent', 'title', 'error'], row));
  });
  onApi(
    task.command('show <task-id>').description('one task with its attempts, errors and result'),
    surroundings,
    async ({ api, print }, id = '') => {
      const found = await api.get<object>(`/tasks/${encodeURIComponent(id)}`);
      print(found, () => fieldLines(found));
    },
  );
  onApi(
    task.command('redrive <task-id>').description('give a task that gave up another set of attempts'),
    surroundings,
    async ({ api, print }, id = '') => {
      const answer = await api.post<{ status?: string }>(`/tasks/${encodeURIComponent(id)}/redrive`);
      print(answer, () => [`${id} ${answer?.status ?? 'accepted'}`]);
    },
  );
}

type AgentView = {
  agentId: string;
  title?: string;
  status: string;
  capabilities: string[];
  transport?: string;
  load?: number;
};

export function addAgentCommands(program: Command, surroundings: Surroundings): void {
  const agent = program.command('agent').description('the agents that do the work');
  onApi<PageOptions>(
    withPage(agent.command('list').description('who is there, and how they are')),
    surroundings,
    async ({ api, options, print }) => {
      const page = await api.get<PageOf<AgentView>>('/agents', pageQuery(options));
      const row = (item: AgentView) => [
        item.agentId,
        item.status,
        item.transport,
        item.load,
        item.capabilities.join(', '),
      ];
      print(page, () => pageLines(page, ['agent', 'status', 'transport', 'load', 'capabilities'], row));
    },
  );
  onApi(agent.command('show <agent-id>').description('one agent'), surroundings, async ({ api, print }, id = '') => {
    const found = await api.get<object>(`/agents/${encodeURIComponent(id)}`);
    print(found, () => fieldLines(found));
  });
  onApi(
    agent.command('register <file>').description('register an agent declared in a YAML or JSON file'),
    surroundings,
    async ({ api, print }, file = '') => {
      const answer = await api.post<object>('/agents', declarationIn(file));
      print(answer, () => fieldLines(answer));
    },
  );
}

function declarationIn(file: string): unknown {
  const text = readTextFile(file);
  try {
    return parse(text);
  } catch (error) {
    throw new BadInput(`${file} is not valid YAML or JSON`, [(error as Error).message]);
  }
}
