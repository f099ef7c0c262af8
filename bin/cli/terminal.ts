// What commands write to: the two output streams with what is known about the screen behind them.
import type { WriteStream } from 'node:tty';

export type Screen = { write(text: string): void; isTty: boolean; columns: number; rows: number; colours: boolean };
export type Terminal = { stdout: Screen; stderr: Screen };
export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'grey' | 'bold';
export type Environment = Record<string, string | undefined>;

const codes: Record<Colour, number> = { red: 31, green: 32, yellow: 33, blue: 34, grey: 90, bold: 1 };

/** The process's own streams. Colours only on a terminal that can show them, and never with NO_COLOR. */
export function processTerminal(env: Environment): Terminal {
  return { stdout: screenOf(process.stdout, env), stderr: screenOf(process.stderr, env) };
}

function screenOf(stream: WriteStream, env: Environment): Screen {
  const isTty = Boolean(stream.isTTY) && env.TERM !== 'dumb';
  // A reader that went away (`… | head`) ends the command quietly.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    write: (text) => stream.write(text),
    isTty,
    get columns() {
      return stream.columns || 100;
    },
    get rows() {
      return stream.rows || 24;
    },
    colours: isTty && !env.NO_COLOR,
  };
}

export const line = (screen: Screen, text = ''): void => screen.write(`${text}\n`);

export const paint = (screen: Pick<Screen, 'colours'>, colour: Colour, text: string): string =>
  screen.colours ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;

/** Text from elsewhere without what would move the cursor or recolour the screen; line breaks and tabs stay. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');
}

/** The same on one line, cut to `columns` characters. */
export function clipped(text: string, columns: number): string {
  const flat = [...harmless(text).replace(/\s+/g, ' ').trim()];
  return flat.length <= columns ? flat.join('') : `${flat.slice(0, Math.max(0, columns - 1)).join('')}…`;
}

/** Rows under headings, columns padded, the last one free to run on. */
export function tableLines(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [headings, ...rows].map((row) => row.map((cell) => clipped(cell, 60)));
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? '')].length)));
  return cells.map((row) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - [...cell].length),
      )
      .join('  ')
      .trimEnd(),
  );
}
