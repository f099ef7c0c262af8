// Turns what a handler prints into JSON log lines, as Lambda's JSON log format does. Lines travel with the answer of
// the invocation, or by themselves when they pile up.
import { format } from 'node:util';

const pileMost = 100;
let lines: string[] = [];

/** The lines printed since the last call. */
export function takeLines(): string[] {
  const taken = lines;
  lines = [];
  return taken;
}

/** Redirects console and the two output streams; `ship` takes lines that must not wait for an answer. */
export function captureConsole(current: { requestId: string }, ship: (lines: string[]) => void): void {
  const add = (line: string) => {
    lines.push(line);
    if (lines.length >= pileMost) ship(takeLines());
    else if (lines.length === 1) setTimeout(() => lines.length > 0 && ship(takeLines()), 200).unref();
  };
  const print =
    (level: string) =>
    (...args: unknown[]) => {
      const [first] = args;
      if (args.length === 1 && typeof first === 'string' && isJsonObject(first)) add(first);
      else add(line(level, current.requestId, args));
    };
  const { log, info, debug, trace, warn, error } = {
    log: print('INFO'),
    info: print('INFO'),
    debug: print('DEBUG'),
    trace: print('TRACE'),
    warn: print('WARN'),
    error: print('ERROR'),
  };
  Object.assign(console, { log, info, debug, trace, warn, error });
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = ((chunk: string | Uint8Array) => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      for (const one of text.split('\n')) if (one !== '') print('INFO')(one);
      return true;
    }) as typeof stream.write;
  }
}

function line(level: string, requestId: string, args: unknown[]): string {
  const [first] = args;
  const message = args.length === 1 && first instanceof Error ? errorFields(first) : { message: format(...args) };
  return JSON.stringify({ timestamp: new Date().toISOString(), level, requestId, ...message });
}

function errorFields({ name, message, stack }: Error): Record<string, unknown> {
  return { errorType: name, errorMessage: message, stackTrace: stack?.split('\n') };
}

// Looks at both ends only: a line that is wrong inside is still worth keeping as it is.
function isJsonObject(text: string): boolean {
  return text.startsWith('{"') && text.trimEnd().endsWith('}');
}
