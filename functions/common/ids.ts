// Ids say what they are: a prefix and a time-ordered part, or a hash of the content where doubles must collapse.
import { createHash } from 'node:crypto';
import { ulid } from 'ulid';

export type NewId = (prefix: 'obj' | 'art' | 'evt' | 'prn' | 'kil', nowMs: number) => string;

/** `obj_01J…`: later ids sort after earlier ones (to the millisecond). */
export const newId: NewId = (prefix, nowMs) => `${prefix}_${ulid(nowMs)}`;

/** `eff_3fa9…`: the same parts always give the same id, so a repeated request meets its own record. 120 bits. */
export function contentId(prefix: string, ...parts: readonly string[]): string {
  const framed = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
  return `${prefix}_${createHash('sha256').update(framed).digest('hex').slice(0, 30)}`;
}

/** A task's id is its objective's and its number in the plan: nothing has to be looked up to find it. */
export const taskIdOf = (objectiveId: string, number: number): string => `tsk_${objectiveId.slice(4)}_${number}`;

/** The objective and number behind a task id, or nothing when the text is no task id. */
export function parseTaskId(taskId: string): { objectiveId: string; number: number } | undefined {
  const match = /^tsk_([0-9A-HJKMNP-TV-Z]{26})_(\d{1,4})$/.exec(taskId);
  return match ? { objectiveId: `obj_${match[1]}`, number: Number(match[2]) } : undefined;
}
