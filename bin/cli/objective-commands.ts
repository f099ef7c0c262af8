// lazyark objective …: hand in, look at, follow and steer objectives.
import { type Command, Option } from 'commander';
import { CommandFailed } from './failure.ts';
import { readObjectiveFile } from './objective-file.ts';
import { resultText, troubleLines } from './objective-result.ts';
import { graphLines, type ObjectiveView } from './objective-view.ts';
import {
  onApi,
  type PageOf,
  type PageOptions,
  pageLines,
  pageQuery,
  type Session,
  type Surroundings,
  wholeNumber,
  withPage,
} from './session.ts';
import { submitObjective } from './submit.ts';
import { harmless, line } from './terminal.ts';
import { uploadBar } from './upload-bar.ts';
import { watchObjective } from './watch.ts';

const STATUSES = ['queued', 'planning', 'running', 'paused', 'succeeded', 'failed', 'cancelled'];
type Moved = { objectiveId: string; status: string };
const at = (id: string): string => `/objectives/${encodeURIComponent(id)}`;

export function addObjectiveCommands(program: Command, surroundings: Surroundings): void {
  const objective = program.command('objective').description('hand in, look at, follow and steer objectives');
  addSubmit(objective, surroundings);
  addLooks(objective, surroundings);
  for (const [verb, description] of Object.entries({
    pause: 'let running tasks end and start no more',
    resume: 'go on with a paused objective',
    cancel: 'stop for good; what is running is told to stop',
  })) {
    onApi(
      objective.command(`${verb} <objective-id>`).description(description),
      surroundings,
      async ({ api, print }, id = '') => {
        const answer = await api.post<Moved>(`${at(id)}/${verb}`);
        print(answer, () => [`${id} ${answer.status}`]);
      },
    );
  }
  addPrioritise(objective, surroundings);
}

type SubmitOptions = { watch?: boolean; idempotencyKey?: string };

function addSubmit(objective: Command, surroundings: Surroundings): void {
  const command = objective
    .command('submit <file>')
    .description('hand in an objective from a YAML or JSON file; inputs are read relative to it')
    .option('--watch', 'follow it and print its result; exit 1 when it fails')
    .option('--idempotency-key <key>', 'the same key again hands in nothing new');
  onApi<SubmitOptions>(command, surroundings, async ({ api, options, print, terminal }, file = '') => {
    const { idempotencyKey } = options;
    const onUpload = uploadBar(terminal.stderr);
    const submitted = await submitObjective(readObjectiveFile(file), api, { idempotencyKey, onUpload });
    if (options.watch) return follow(submitted.objectiveId, { api, options, print, terminal });
    const { objectiveId, status, priority } = submitted;
    print(submitted, () => [objectiveId, `${status}, priority ${priority.score}: ${priority.reasons.join('; ')}`]);
  });
}

function addLooks(objective: Command, surroundings: Surroundings): void {
  const list = withPage(
    objective.command('list').description('newest first; with --status queued in the order they are served'),
  );
  list.addOption(new Option('--status <status>', 'only those').choices(STATUSES));
  onApi<PageOptions & { status?: string }>(list, surroundings, async ({ api, options, print }) => {
    const query = { ...pageQuery(options), status: options.status };
    const page = await api.get<PageOf<ObjectiveView>>('/objectives', query);
    print(page, () => pageLines(page, ['objective', 'status', 'done', 'priority', 'text'], listRow));
  });
  onApi(
    objective.command('show <objective-id>').description('its tasks and, once it is over, its result'),
    surroundings,
    async ({ api, print, terminal }, id = '') => {
      const found = await api.get<ObjectiveView>(at(id));
      print(found, () => [
        ...graphLines(found, { ...terminal.stdout, columns: terminal.stdout.columns, rows: 1_005 }),
        ...outcome(found),
      ]);
    },
  );
  onApi(
    objective.command('watch <objective-id>').description('follow it until it is over; exit 1 when it fails'),
    surroundings,
    async (session, id = '') => follow(id, session),
  );
}

const listRow = ({ objectiveId, status, progress, priority, text }: ObjectiveView) => [
  objectiveId,
  status,
  progress ? `${progress.done}/${progress.total}` : '',
  priority?.score,
  text,
];

function outcome(found: ObjectiveView): string[] {
  if (found.status === 'succeeded') return ['', harmless(resultText(found))];
  return found.status === 'failed' ? ['', ...troubleLines(found).map(harmless)] : [];
}

type Following = Pick<Session<object>, 'api' | 'options' | 'print' | 'terminal'>;

/** The picture goes to stderr when stdout is for a machine. Throws CommandFailed when the objective does not succeed. */
async function follow(objectiveId: string, { api, options, print, terminal }: Following): Promise<void> {
  const { stdout, stderr } = terminal;
  const over = await watchObjective(objectiveId, api, options.json || !stdout.isTty ? stderr : stdout);
  if (over.status === 'succeeded') return print(over, () => ['', harmless(resultText(over))]);
  if (options.json) line(stdout, JSON.stringify(over, undefined, 2));
  throw new CommandFailed(troubleLines(over).join('\n'));
}

function addPrioritise(objective: Command, surroundings: Surroundings): void {
  const command = objective
    .command('prioritise <objective-id> <score>')
    .alias('prioritize')
    .description('your word on its place in the queue: 0 (last) to 100 (first)');
  onApi(command, surroundings, async ({ api, print }, id = '', score = '') => {
    const answer = await api.post<Moved>(`${at(id)}/priority`, { score: wholeNumber(score, 'score', 0, 100) });
    print(answer, () => [`${id} ${answer.status}, priority ${score}`]);
  });
}
