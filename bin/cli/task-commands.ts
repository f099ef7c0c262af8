// lazyark task … and lazyark agent …: what is being done, and who can do it.
import type { Command } from 'commander';
import { parse } from 'yaml';
import { BadInput } from './failure.ts';
import { readTextFile } from './objective-file.ts';
import { errorText } from './objective-result.ts';
import type { ObjectiveView, TaskView } from './objective-view.ts';
import {
  fieldLines,
  listing,
  onApi,
  type PageOf,
  type PageOptions,
  pageLines,
  pageQuery,
  type Surroundings,
  showing,
  withPage,
} from './session.ts';

type DeadLetter = Pick<TaskView, 'taskId' | 'title' | 'attempts' | 'error'> & { since: string };

export function addTaskCommands(program: Command, surroundings: Surroundings): void {
  const task = program.command('task').description('the tasks of objectives');
  const list = withPage(task.command('list').description('tasks that gave up (the dead letters), oldest first'));
  list.option('--objective <objective-id>', 'all tasks of this objective instead');
  onApi<PageOptions & { objective?: string }>(list, surroundings, async ({ api, options, print }) => {
    const { objective } = options;
    if (objective) {
      const { tasks } = await api.get<ObjectiveView>(`/objectives/${encodeURIComponent(objective)}`);
      return print(tasks, () =>
        pageLines({ items: tasks }, ['task', 'status', 'attempts', 'agent', 'title', 'error'], taskRow),
      );
    }
    const page = await api.get<PageOf<DeadLetter>>('/tasks', { ...pageQuery(options), status: 'dead_letter' });
    print(page, () => pageLines(page, ['task', 'since', 'attempts', 'title', 'error'], deadRow));
  });
  const show = task.command('show <task-id>').description('one task with its attempts, errors and result');
  showing(show, surroundings, '/tasks');
  onApi(
    task.command('redrive <task-id>').description('give a task that gave up another set of attempts'),
    surroundings,
    async ({ api, print }, id = '') => {
      const answer = await api.post<{ status?: string }>(`/tasks/${encodeURIComponent(id)}/redrive`);
      print(answer, () => [`${id} ${answer?.status ?? 'accepted'}`]);
    },
  );
}

const taskRow = ({ taskId, status, attempts, agentId, title, error }: TaskView) => [
  taskId,
  status,
  attempts,
  agentId,
  title,
  error ? errorText(error) : '',
];
const deadRow = ({ taskId, since, attempts, title, error }: DeadLetter) => [
  taskId,
  since,
  attempts,
  title,
  error ? errorText(error) : '',
];

type AgentView = {
  agentId: string;
  title?: string;
  status: string;
  capabilities: string[];
  transport?: string;
  lastSeenAt?: string | null;
};

export function addAgentCommands(program: Command, surroundings: Surroundings): void {
  const agent = program.command('agent').description('the agents that do the work');
  listing<AgentView>(agent.command('list').description('who is there, and how they are'), surroundings, '/agents', {
    agent: ({ agentId }) => agentId,
    status: ({ status }) => status,
    transport: ({ transport }) => transport,
    'last seen': ({ lastSeenAt }) => lastSeenAt,
    capabilities: ({ capabilities }) => capabilities.join(', '),
  });
  showing(agent.command('show <agent-id>').description('one agent'), surroundings, '/agents');
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
