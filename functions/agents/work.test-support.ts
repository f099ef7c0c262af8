// Builds what a skill is called with, for tests.
import type { Work } from './agent.ts';
import { download } from './download.client.ts';
import type { Table } from './skills/read-csv.ts';
import { readCsv } from './skills/read-csv.ts';

export const aWork = (changes: Partial<Work> = {}): Work => ({
  taskId: 'tsk_1_0',
  fence: 'f1',
  agentId: 'agt_test',
  attempt: 1,
  startedAt: '2026-03-01T10:00:00Z',
  capability: 'test',
  title: 'Test',
  parameters: {},
  objective: { objectiveId: 'obj_1', text: 'Test' },
  inputs: [],
  dependencies: {},
  deadlineAt: '2999-01-01T00:00:00.000Z',
  signal: new AbortController().signal,
  download,
  ...changes,
});

export const aTable = (text: string): Promise<Table> => readCsv([new TextEncoder().encode(text)]);

export const csvOf = (columns: string[], rows: unknown[][]): string =>
  [columns, ...rows].map((row) => row.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(',')).join('\n');
