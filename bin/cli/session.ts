// What every command that talks to an API does alike: connect, do the work, print the answer as JSON or for people.
import type { Command } from 'commander';
import type { Api } from './api.ts';
import { type ConnectionOptions, connect, withConnection } from './connection.ts';
import { BadInput } from './failure.ts';
import { type Environment, harmless, line, type Terminal, tableLines } from './terminal.ts';

/** What the surroundings give to commands; tests give their own. */
export type Surroundings = { terminal: Terminal; env: Environment };

export type Session<Options> = Surroundings & {
  api: Api;
  options: Options & ConnectionOptions & { json?: boolean };
  /** the answer as JSON with --json, else the lines */
  print(answer: unknown, lines: () => readonly string[]): void;
};

/** Gives a command its connection options and its work; `args` are its arguments in order. */
export function onApi<Options = object>(
  command: Command,
  surroundings: Surroundings,
  work: (session: Session<Options>, ...args: string[]) => Promise<void>,
): Command {
  return withConnection(command).action(async (...all: unknown[]) => {
    const args = all.slice(0, -2) as string[];
    const options = all.at(-2) as Session<Options>['options'];
    const { stdout } = surroundings.terminal;
    const print = (answer: unknown, lines: () => readonly string[]) => {
      if (options.json) return line(stdout, JSON.stringify(answer, undefined, 2));
      for (const text of lines()) line(stdout, text);
    };
    await work({ ...surroundings, api: connect(options, surroundings.env), options, print }, ...args);
  });
}

export type PageOf<Item> = { items: Item[]; cursor?: string | null };
export type PageOptions = { limit?: string; cursor?: string };

/** The options of every list. */
export const withPage = (command: Command): Command =>
  command
    .option('--limit <n>', 'how many at most (1-200)', '50')
    .option('--cursor <cursor>', 'where a page before ended');

export const pageQuery = ({ limit, cursor }: PageOptions) => ({ limit, cursor });

/** A page as a table, with how to see the next one. */
export function pageLines<Item>(
  page: PageOf<Item>,
  headings: readonly string[],
  row: (item: Item) => readonly (string | number | null | undefined)[],
): string[] {
  if (page.items.length === 0) return ['none'];
  const rows = page.items.map((item) => row(item).map((cell) => `${cell ?? ''}`));
  return [...tableLines(headings, rows), ...(page.cursor ? [`more: --cursor ${page.cursor}`] : [])];
}

/** Headings, and what stands below each for an item. */
export type Columns<Item> = Record<string, (item: Item) => string | number | null | undefined>;

/** Makes a command list the pages of a route as a table. */
export const listing = <Item>(command: Command, surroundings: Surroundings, path: string, columns: Columns<Item>) =>
  onApi<PageOptions>(withPage(command), surroundings, async ({ api, options, print }) => {
    const page = await api.get<PageOf<Item>>(path, pageQuery(options));
    const row = (item: Item) => Object.values(columns).map((cell) => cell(item));
    print(page, () => pageLines(page, Object.keys(columns), row));
  });

/** Makes a command show one thing below a route, by the id that is its argument. */
export const showing = (command: Command, surroundings: Surroundings, path: string) =>
  onApi(command, surroundings, async ({ api, print }, id = '') => {
    const found = await api.get<object>(`${path}/${encodeURIComponent(id)}`);
    print(found, () => fieldLines(found));
  });

/** An object as `name  value` lines; what is nested is JSON on its line. */
export function fieldLines(value: object): string[] {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined && field !== null);
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  return fields.map(([name, field]) => {
    const text = typeof field === 'object' ? JSON.stringify(field) : String(field);
    return `${name.padEnd(width)}  ${harmless(text)}`;
  });
}

/** A whole number between bounds from an option's text, or BadInput that names the option. */
export function wholeNumber(text: string, option: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new BadInput(`${option}: expected a whole number from ${least} to ${most}, got "${text}"`);
}
