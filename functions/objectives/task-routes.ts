// HTTP of tasks: the dead-letter list, one task with its attempts, and the redrive.
import { createRoute } from '@hono/zod-openapi';
import { type HttpApp, HttpProblem, jsonAnswer, may, PageQuery, problems, z } from '../common/http.ts';
import { type ListDeps, listDeadLetters, lookAtTask } from './objective-lists.ts';
import { type RedriveDeps, redriveTask } from './redrive-task.ts';

export const Task = z
  .looseObject({
    taskId: z.string(),
    id: z.string(),
    title: z.string(),
    capability: z.string(),
    status: z.string(),
    agentId: z.string().nullable(),
    attempts: z.int(),
    dependsOn: z.array(z.string()),
  })
  .openapi('Task');
const TaskById = z.object({ taskId: z.string().openapi({ param: { name: 'taskId', in: 'path' } }) });

const noSuchTask = (id: string) => new HttpProblem(404, 'no_such_task', `There is no task ${id}`);

export function serveTasks(app: HttpApp, deps: RedriveDeps & ListDeps): void {
  const dead = createRoute({
    method: 'get',
    path: '/api/v1/tasks',
    summary: 'The dead-letter list, oldest first',
    middleware: may('viewer'),
    request: { query: PageQuery.extend({ status: z.literal('dead_letter') }) },
    responses: {
      200: jsonAnswer(
        z.object({
          items: z.array(z.looseObject({ taskId: z.string(), objectiveId: z.string(), title: z.string() })),
          cursor: z.string().optional(),
        }),
        'A page',
      ),
      ...problems(400, 401, 403),
    },
  });
  app.openapi(dead, async (c) => c.json((await listDeadLetters(c.req.valid('query'), deps)) as never, 200));
  const get = createRoute({
    method: 'get',
    path: '/api/v1/tasks/{taskId}',
    summary: 'One task with its attempts',
    middleware: may('viewer'),
    request: { params: TaskById },
    responses: { 200: jsonAnswer(Task, 'The task'), ...problems(401, 403, 404) },
  });
  app.openapi(get, async (c) => {
    const view = await lookAtTask(c.req.valid('param').taskId, deps);
    if (!view) throw noSuchTask(c.req.valid('param').taskId);
    return c.json(view as never, 200);
  });
  const redrive = createRoute({
    method: 'post',
    path: '/api/v1/tasks/{taskId}/redrive',
    summary: 'Take a task off the dead-letter list and run it again under the same id',
    middleware: may('operator'),
    request: { params: TaskById },
    responses: {
      200: jsonAnswer(z.object({ taskId: z.string(), status: z.string() }), 'It is ready again'),
      ...problems(401, 403, 404, 409),
    },
  });
  app.openapi(redrive, async (c) => {
    const { taskId } = c.req.valid('param');
    const answer = await redriveTask(taskId, c.get('principal').principalId, deps);
    if (answer.kind === 'not_found') throw noSuchTask(taskId);
    if (answer.kind === 'refused')
      throw new HttpProblem(409, 'not_a_dead_letter', `${taskId} is ${answer.status}; only dead letters are redriven`);
    return c.json({ taskId, status: 'ready' }, 200);
  });
}
