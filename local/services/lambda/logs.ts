// The log files of functions: one per function in <data>/logs, JSON lines, moved aside when it has grown.
import { appendFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

const fileMostBytes = 10 * 1024 * 1024;
const flushEveryMs = 100;

export interface FunctionLogs {
  write(functionName: string, lines: readonly string[]): void;
  /** writes what is left */
  flush(): Promise<void>;
}

export function openLogs(dataDir: string): FunctionLogs {
  let pending = new Map<string, string[]>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  async function writeAll(batch: ReadonlyMap<string, string[]>): Promise<void> {
    for (const [name, lines] of batch) {
      const file = join(dataDir, 'logs', `${name}.log`);
      const { size } = await stat(file).catch(() => ({ size: 0 }));
      if (size > fileMostBytes) await rename(file, `${file}.1`);
      await appendFile(file, `${lines.join('\n')}\n`);
    }
  }

  // A full disk must not take the runtime down with it: lines are lost then, and nothing else.
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batch = pending;
    pending = new Map();
    writing = writing.then(() => writeAll(batch)).catch(() => {});
    return writing;
  }

  return {
    write(name, lines) {
      const known = pending.get(name);
      if (known) known.push(...lines);
      else pending.set(name, [...lines]);
      timer ??= setTimeout(flush, flushEveryMs);
    },
    flush,
  };
}
