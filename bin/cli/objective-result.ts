// What came out of an objective, as text to read: its report, or why there is none.
import type { ObjectiveView, TaskView } from './objective-view.ts';

/** The report (Markdown) where the result has one, else the result as JSON. */
export function resultText({ result }: Pick<ObjectiveView, 'result'>): string {
  if (typeof result === 'string') return result.trimEnd();
  return reportIn(result) ?? JSON.stringify(result ?? null, undefined, 2);
}

function reportIn(result: unknown): string | undefined {
  if (result === null || typeof result !== 'object') return undefined;
  const fields = result as Record<string, unknown>;
  const text = [fields.markdown, fields.report, fields.text].find((field) => typeof field === 'string');
  return (text as string | undefined)?.trimEnd();
}

/** Why an objective did not succeed: its own reason, then each task that gave up with its error. */
export function troubleLines(objective: ObjectiveView): string[] {
  const given = objective.tasks.filter((task) => task.status === 'dead_letter');
  const lines = given.map((task) => `  ${task.title} (${task.taskId}) gave up after ${attemptsText(task)}`);
  const hint = given.length > 0 ? [`try again with: lazyark task redrive ${given[0]?.taskId}`] : [];
  return [`The objective ${objective.status}${objective.problem ? `: ${objective.problem}` : ''}`, ...lines, ...hint];
}

function attemptsText({ attempts, error }: TaskView): string {
  return `${attempts} attempt${attempts === 1 ? '' : 's'}${error ? `: ${errorText(error)}` : ''}`;
}

/** A task's error in one line. */
export const errorText = ({ name, message }: NonNullable<TaskView['error']>): string => `${name}: ${message}`;
