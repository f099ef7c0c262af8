// lazyark principal … and credential …: who may come in, and what opens doors outside. A token is printed once, or put into a file that only its owner can read.
import { existsSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { BadInput } from './failure.ts';
import {
  fieldLines,
  listing,
  onApi,
  type PageOf,
  pageLines,
  type Session,
  type Surroundings,
  wholeNumber,
} from './session.ts';

type PrincipalView = {
  principalId: string;
  title: string;
  roles: string[];
  status: string;
  expiresAt: string;
  lastUsedAt: string | null;
};
type Issued = PrincipalView & { token: string };
type TokenOptions = { tokenFile?: string; expiresInDays: string };

export function addPrincipalCommands(program: Command, surroundings: Surroundings): void {
  const principal = program.command('principal').description('who may use this LazyArk, and as what');
  const list = principal.command('list').description('everybody with a token, newest first; never the tokens');
  listing<PrincipalView>(list, surroundings, '/principals', {
    principal: ({ principalId }) => principalId,
    title: ({ title }) => title,
    roles: ({ roles }) => roles.join(', '),
    status: ({ status }) => status,
    expires: ({ expiresAt }) => expiresAt,
    'last used': ({ lastUsedAt }) => lastUsedAt,
  });
  addIssuing(principal, surroundings);
  onApi<{ reason: string }>(
    principal
      .command('revoke <principal-id>')
      .description('keep somebody out for good')
      .requiredOption('--reason <text>', 'kept in the audit'),
    surroundings,
    async ({ api, options, print }, id = '') => {
      const answer = await api.post<object>(`${pathOf(id)}/revoke`, { reason: options.reason });
      print(answer, () => fieldLines(answer));
    },
  );
  onApi(
    principal.command('whoami').description('whose token this is, and what it may'),
    surroundings,
    async ({ api, print }) => {
      const me = await api.get<object>('/me');
      print(me, () => fieldLines(me));
    },
  );
}

type CredentialView = Record<'name' | 'kind' | 'status', string> &
  Record<'rotatedAt' | 'rotateBy' | 'expiresAt' | 'warning', string | null>;

export function addCredentialCommands(program: Command, surroundings: Surroundings): void {
  const credential = program.command('credential').description('what opens doors for the swarm; never the values');
  onApi(
    credential.command('list').description('every credential, and when it ends'),
    surroundings,
    async ({ api, print }) => {
      const page = await api.get<PageOf<CredentialView>>('/credentials');
      const headings = ['credential', 'kind', 'status', 'rotated', 'rotate by', 'expires', 'warning'];
      const row = ({ name, kind, status, rotatedAt, rotateBy, expiresAt, warning }: CredentialView) => [
        ...[name, kind, status, rotatedAt, rotateBy, expiresAt, warning],
      ];
      print(page, () => pageLines(page, headings, row));
    },
  );
  onApi(
    credential.command('rotate <name>').description('replace one now'),
    surroundings,
    async ({ api, print }, name = '') => {
      const answer = await api.post<object>(`/credentials/${encodeURIComponent(name)}/rotate`);
      print(answer, () => fieldLines(answer));
    },
  );
}

function addIssuing(principal: Command, surroundings: Surroundings): void {
  onApi<TokenOptions & { title: string; role: string[] }>(
    withToken(principal.command('create').description('let somebody in; the token is shown this once'))
      .requiredOption('--title <text>', 'who this is')
      .requiredOption('--role <role...>', 'viewer, operator, approver, captain, auditor'),
    surroundings,
    async (session) => {
      const { title, role: roles } = session.options;
      await issue(session, '/principals', { title, roles });
    },
  );
  onApi<TokenOptions & { graceMinutes: string }>(
    withToken(principal.command('rotate <principal-id>').description('a new token in place of the old one')).option(
      '--grace-minutes <n>',
      'how long the old token still works (0-1440)',
      '0',
    ),
    surroundings,
    async (session, id = '') => {
      const graceMinutes = wholeNumber(session.options.graceMinutes, '--grace-minutes', 0, 1_440);
      await issue(session, `${pathOf(id)}/rotate`, { graceMinutes });
    },
  );
}

const withToken = (command: Command): Command =>
  command
    .option('--expires-in-days <n>', 'how long the token works (1-365)', '90')
    .option('--token-file <path>', 'put the token into this new file instead of printing it');

/** The file is looked at before anything is made: a token that cannot be put down would be lost. */
async function issue(session: Session<TokenOptions>, path: string, body: object): Promise<void> {
  const { api, options, print } = session;
  const { tokenFile } = options;
  const expiresInDays = wholeNumber(options.expiresInDays, '--expires-in-days', 1, 365);
  if (tokenFile && existsSync(tokenFile)) throw new BadInput(`--token-file: ${tokenFile} exists already`);
  const { token, ...principal } = await api.post<Issued>(path, { ...body, expiresInDays });
  if (tokenFile) writeFileSync(tokenFile, `${token}\n`, { mode: 0o600, flag: 'wx' });
  const shown = { ...principal, ...(tokenFile ? { tokenFile } : { token }) };
  print(shown, () => fieldLines(shown));
}

const pathOf = (id: string): string => `/principals/${encodeURIComponent(id)}`;
