// lazyark policy and limit: what the gate decides by, and how much is taken and left.
import { basename } from 'node:path';
import type { Command } from 'commander';
import { readTextFile } from './objective-file.ts';
import { fieldLines, listing, onApi, type Surroundings, wholeNumber } from './session.ts';

type Summary = { version: number; at: string; by: string; reason: string };
type Policies = Summary & { files: Record<string, string> };

export function addPolicyCommands(program: Command, surroundings: Surroundings): void {
  const policy = program.command('policy').description('what the gate decides by: Cedar policies and thresholds');
  const show = policy.command('show [file]').description('the set in force, or one of its files');
  onApi(show, surroundings, async ({ api, print }, file) => {
    const { files, ...found } = await api.get<Policies>('/policies');
    const text = file === undefined ? undefined : files[file];
    if (file !== undefined && text !== undefined) return print({ [file]: text }, () => text.trimEnd().split('\n'));
    print({ ...found, files }, () => fieldLines({ ...found, files: Object.keys(files) }));
  });
  addChanging(policy, surroundings);
  const history = policy.command('history').description('every change, newest first');
  listing<Summary>(history, surroundings, '/policies/history', {
    version: ({ version }) => version,
    at: ({ at }) => at,
    by: ({ by }) => by,
    reason: ({ reason }) => reason,
  });
}

type LimitView = {
  name: string;
  subject: string;
  unit: string;
  reserved: number;
  used: number;
  left: number;
  most: number;
};
type LimitRow = LimitView & { refused: number; lastTaken: { by: string } | null };

/** `limit list`: each limit with what is taken and left. */
export function addLimitCommands(program: Command, surroundings: Surroundings): void {
  const limit = program.command('limit').description('how much may be done within a time');
  const list = limit.command('list').description('each limit: taken, left, refused');
  listing<LimitRow>(list, surroundings, '/limits', {
    limit: ({ name }) => name,
    of: ({ subject }) => subject,
    unit: ({ unit }) => unit,
    most: ({ most }) => most,
    reserved: ({ reserved }) => reserved,
    used: ({ used }) => used,
    left: ({ left }) => left,
    refused: ({ refused }) => refused,
    'last taken by': ({ lastTaken }) => lastTaken?.by,
  });
}

function addChanging(policy: Command, surroundings: Surroundings): void {
  const set = policy.command('set <file...>').description('put these files in force; the others stay as they are');
  set.requiredOption('--reason <text>', 'kept in the history and the audit').option('--only', 'and drop the others');
  onApi<{ reason: string; only?: boolean }>(set, surroundings, async ({ api, options, print }, ...names) => {
    const current = await api.get<Policies>('/policies');
    const files = { ...(options.only ? {} : current.files), ...readFiles(names.flat()) };
    const body = { files, reason: options.reason, expectedVersion: current.version };
    const answer = await api.put<object>('/policies', body);
    print(answer, () => fieldLines(answer));
  });
  const check = policy.command('check <file...>').description('whether these files would be right; changes nothing');
  check.option('--only', 'without the other files that are in force');
  onApi<{ only?: boolean }>(check, surroundings, async ({ api, options, print }, ...names) => {
    const others = options.only ? {} : (await api.get<Policies>('/policies')).files;
    const answer = await api.post<object>('/policies/check', { files: { ...others, ...readFiles(names.flat()) } });
    print(answer, () => fieldLines(answer));
  });
  const rollback = policy.command('rollback <version>').description('put an earlier version in force again');
  rollback.requiredOption('--reason <text>', 'kept in the history and the audit');
  onApi<{ reason: string }>(rollback, surroundings, async ({ api, options, print }, text = '') => {
    const version = wholeNumber(text, 'version', 1, 1e9);
    const answer = await api.post<object>('/policies/rollback', { version, reason: options.reason });
    print(answer, () => fieldLines(answer));
  });
}

const readFiles = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [basename(name), readTextFile(name)]));
