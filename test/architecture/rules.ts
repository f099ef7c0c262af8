// The rules of the house: who may import what, who may touch the outside, how large things get.
import { isTest, roomOf, type Source } from './sources.ts';

/** `applies` picks the files; `faults` says, in words, what is wrong with one. */
export type Rule = { name: string; applies: (source: Source) => boolean; faults: (source: Source) => string[] };

const inFunctions = ({ path }: Source) => path.startsWith('functions/') && !isTest(path);
const inRoom = (source: Source) => inFunctions(source) && roomOf(source.path) !== 'common';
const linesOf = ({ text }: Source) => text.trimEnd().split('\n').length;
const importing = ({ imports }: Source, wrong: (from: string, typeOnly: boolean) => boolean) =>
  imports.filter(({ from, typeOnly }) => wrong(from, typeOnly)).map(({ from }) => `imports ${from}`);

/** Where a room touches the outside: entries, stores, clients, and the wiring that several entries share. */
const MAY_DO_IO = /(\.(handler|worker|store|client)|-deps)\.ts$/;
const OUTSIDE =
  /^(@aws-sdk\/|node:(fs|http|https|net|child_process|sqlite|dgram|worker_threads)\b|functions\/common\/(table-open|table-dynamodb|table-sqlite|config|announce)\.ts$)/;
const ASKS_THE_WORLD =
  /\bfetch\(|\bprocess\.env\b|\bDate\.now\(\)|\bnew Date\(\)|\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/;

const pure: Rule = {
  name: 'a file of a room does no I/O and knows no clock, unless its name says so',
  applies: (source) => inRoom(source) && !MAY_DO_IO.test(source.path),
  faults: (source) => [
    ...importing(
      source,
      (from, typeOnly) => !typeOnly && (OUTSIDE.test(from) || (from.startsWith('functions/') && MAY_DO_IO.test(from))),
    ),
    ...source.text
      .split('\n')
      .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line))
      .flatMap((line) => ASKS_THE_WORLD.exec(line) ?? [])
      .map((what) => `uses ${what}`),
  ],
};

/** gate-deps.ts is the wiring of gate.ts: who opens the gate does not have to know what it is made of. */
const SAFETY_DOORS = ['gate.ts', 'gate-deps.ts', 'control-flags.ts'].map((file) => `functions/safety/${file}`);
const ownRoom: Rule = {
  name: "a room stays in its own room, common, another room's events.ts, and the two doors of safety",
  applies: inFunctions,
  faults: (source) =>
    importing(source, (from) => {
      const room = roomOf(from);
      if (room === undefined || room === roomOf(source.path)) return false;
      if (roomOf(source.path) === 'common') return true;
      return room !== 'common' && !from.endsWith('/events.ts') && !SAFETY_DOORS.includes(from);
    }),
};

const deployable: Rule = {
  name: 'functions know neither where they run nor how they are deployed',
  applies: inFunctions,
  faults: (source) =>
    importing(source, (from) => /^(local|lib|bin|console)\/|^(aws-cdk-lib|constructs|cdk-nag)\b/.test(from)),
};

const ownRuntime: Rule = {
  name: 'the embedded runtime reads the template and imports nothing of ours but the table port',
  applies: ({ path }) => path.startsWith('local/') && !isTest(path),
  faults: (source) =>
    importing(
      source,
      (from) => /^(functions|lib|bin|console)\//.test(from) && !/^functions\/common\/table[a-z-]*\.ts$/.test(from),
    ),
};

const infrastructure: Rule = {
  name: 'infrastructure takes types and events from functions, and runs none of their code',
  applies: ({ path }) => path.startsWith('lib/') && !isTest(path),
  faults: (source) =>
    importing(source, (from, typeOnly) => {
      if (/^(local|bin|console)\//.test(from)) return true;
      return from.startsWith('functions/') && !typeOnly && !from.endsWith('/events.ts');
    }),
};

const browser: Rule = {
  name: 'the console speaks HTTP: of functions it knows types only',
  applies: ({ path }) => path.startsWith('console/') && !isTest(path),
  faults: (source) =>
    importing(
      source,
      (from, typeOnly) => /^(local|lib|bin)\//.test(from) || (from.startsWith('functions/') && !typeOnly),
    ),
};

const noTests: Rule = {
  name: 'nothing that ships imports a test or what exists for tests',
  applies: ({ path }) => !isTest(path),
  faults: (source) => importing(source, (from) => isTest(from) || from === 'vitest'),
};

const LINES_MAX: [RegExp, number][] = [
  [/^functions\/.*\.handler\.ts$/, 30],
  [/^lib\/rooms\//, 120],
  // what auditors take home is one file that they can read in one sitting
  [/^bin\/verify-audit-export\.mjs$/, 299],
  [/./, 250],
];
const small: Rule = {
  name: 'an entry has at most 30 lines, a room construct 120, any file 250',
  applies: ({ path }) => !isTest(path),
  faults: (source) => {
    const [, most] = LINES_MAX.find(([paths]) => paths.test(source.path))!;
    return linesOf(source) > most ? [`has ${linesOf(source)} lines; ${most} are allowed`] : [];
  },
};

const introduced: Rule = {
  name: 'a file begins by saying what it is for',
  applies: ({ path }) => !isTest(path),
  faults: ({ text }) => (/^(#!.*\n)?\/\/ \S.{15,}/.test(text) ? [] : ['does not begin with a comment of one sentence']),
};

/** The safe fetch itself, and the download of our own bucket's presigned addresses. */
const MAY_GO_OUTSIDE = /^functions\/(common\/safe-fetch(-hop)?|agents\/download)\.client\.ts$/;
const oneWayOut: Rule = {
  name: 'the outside is reached through common/safe-fetch only',
  applies: (source) => inFunctions(source) && !MAY_GO_OUTSIDE.test(source.path),
  faults: (source) => [
    ...importing(source, (from, typeOnly) => !typeOnly && /^(undici|node:(https?|http2|net|tls|dgram))$/.test(from)),
    ...source.text.split('\n').filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line) && /(?<![.\w])fetch\(/.test(line)),
  ],
};

export const RULES: Rule[] = [
  ...[pure, ownRoom, deployable, ownRuntime, infrastructure, browser, noTests],
  ...[oneWayOut, small, introduced],
];
