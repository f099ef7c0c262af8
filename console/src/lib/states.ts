// Every state has a word, a tone and an icon; nothing is said by colour alone.
import type { ObjectiveStatus, TaskStatus } from '../api.ts';
import type { IconName } from '../parts/icon.tsx';

export type Tone = 'green' | 'blue' | 'grey' | 'amber' | 'red' | 'violet';
export type StateLook = { word: string; tone: Tone; icon: IconName; why: string };

const OBJECTIVE: Record<ObjectiveStatus, StateLook> = {
  queued: { word: 'Queued', tone: 'grey', icon: 'queue', why: 'Waits for its turn; the highest priority goes first.' },
  planning: { word: 'Planning', tone: 'blue', icon: 'plan', why: 'Is being split into tasks.' },
  running: { word: 'Running', tone: 'blue', icon: 'play', why: 'Agents work on its tasks.' },
  paused: { word: 'Paused', tone: 'grey', icon: 'pause', why: 'No new task starts until it is resumed.' },
  succeeded: { word: 'Succeeded', tone: 'green', icon: 'check', why: 'All tasks are done and the result is stored.' },
  failed: { word: 'Failed', tone: 'red', icon: 'cross', why: 'It cannot be finished without a person.' },
  cancelled: { word: 'Cancelled', tone: 'grey', icon: 'minus', why: 'A person ended it.' },
};

const TASK: Record<TaskStatus, StateLook> = {
  pending: { word: 'Waiting', tone: 'grey', icon: 'clock', why: 'Waits for other tasks.' },
  ready: { word: 'Ready', tone: 'grey', icon: 'queue', why: 'Waits for an agent that can do it.' },
  allocated: { word: 'Allocated', tone: 'blue', icon: 'hand', why: 'An agent was asked and has not begun.' },
  running: { word: 'Running', tone: 'blue', icon: 'play', why: 'An agent works on it.' },
  succeeded: { word: 'Succeeded', tone: 'green', icon: 'check', why: 'Done; its result was checked and stored.' },
  failed: {
    word: 'Retrying',
    tone: 'amber',
    icon: 'retry',
    why: 'An attempt failed; the next one waits for its time.',
  },
  dead_letter: { word: 'Dead letter', tone: 'red', icon: 'inbox', why: 'No attempt is left; a person may redrive it.' },
  cancelled: { word: 'Cancelled', tone: 'grey', icon: 'minus', why: 'Will not run any more.' },
};

const AGENT: Record<string, StateLook> = {
  registered: { word: 'Registered', tone: 'grey', icon: 'clock', why: 'Declared; has not answered its greeting yet.' },
  ready: { word: 'Healthy', tone: 'green', icon: 'check', why: 'Answers and takes tasks.' },
  lost: { word: 'Lost', tone: 'red', icon: 'alert', why: 'Went silent; its tasks go to others.' },
};

const MODE: Record<string, StateLook> = {
  active: { word: 'Active', tone: 'green', icon: 'shield', why: 'Agents may act within their limits.' },
  killed: {
    word: 'Killed',
    tone: 'red',
    icon: 'stop',
    why: 'Every autonomous action is refused until a person resumes.',
  },
  unknown: { word: 'Unknown', tone: 'amber', icon: 'alert', why: 'The room safety does not answer.' },
  not_bootstrapped: {
    word: 'Not bootstrapped',
    tone: 'amber',
    icon: 'seed',
    why: 'Agents are not registered yet: npx lazyark bootstrap',
  },
};

const unknown = (word: string): StateLook => ({
  word: word.replaceAll('_', ' '),
  tone: 'grey',
  icon: 'minus',
  why: 'A state this console does not know.',
});

export const objectiveLook = (status: string): StateLook => OBJECTIVE[status as ObjectiveStatus] ?? unknown(status);
export const taskLook = (status: string): StateLook => TASK[status as TaskStatus] ?? unknown(status);
export const agentLook = (status: string): StateLook => AGENT[status] ?? unknown(status);
export const modeLook = (mode: string): StateLook => MODE[mode] ?? unknown(mode);

/** Statuses in which an objective can still be ended by a person. */
export const isOpen = (status: ObjectiveStatus): boolean =>
  status !== 'succeeded' && status !== 'cancelled' && status !== 'failed';
