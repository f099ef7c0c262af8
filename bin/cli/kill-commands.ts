// lazyark kill and resume: stop everything or a part, see what a kill has contained, and check its certificate.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type CertificateFault, verifyCertificate } from '../../functions/safety/certificate.ts';
import { BadInput, CommandFailed } from './failure.ts';
import { fieldLines, listing, onApi, type Surroundings } from './session.ts';
import { line, tableLines } from './terminal.ts';

type ScopeOptions = { agent?: string; objective?: string; room?: string };
type KillSummary = { killId: string; at: string; scope: string; status: string; by: string; reason: string };
type KillView = KillSummary & {
  effects: Record<string, number>;
  containedAt?: string;
  certificate?: { sequence: number; issuedAt: string };
  points: { point: string; room: string; state: string; afterMs: number | null; counts: Record<string, number> }[];
};

export function addKillCommands(program: Command, surroundings: Surroundings): void {
  const kill = withScope(program.command('kill').description('stop every autonomous action, or those of a part'));
  kill.enablePositionalOptions().option('--reason <text>', 'kept in the audit');
  onApi<ScopeOptions & { reason?: string }>(kill, surroundings, async ({ api, options, print }) => {
    const answer = await api.post<object>('/kill', { reason: reasonIn(options), scope: scopeIn(options) });
    print(answer, () => fieldLines(answer ?? {}));
  });
  addKillReading(kill, surroundings);
  addVerify(kill, surroundings);
  const resume = withScope(program.command('resume').description('lift the kill of everything, or of a part'));
  resume.option('--reason <text>', 'kept in the audit');
  onApi<ScopeOptions & { reason?: string }>(resume, surroundings, async ({ api, options, print }) => {
    const answer = await api.post<object>('/resume', { reason: reasonIn(options), scope: scopeIn(options) });
    print(answer, () => fieldLines(answer ?? {}));
  });
}

const withScope = (command: Command): Command =>
  command
    .option('--agent <agent-id>', 'only what this agent does')
    .option('--objective <objective-id>', 'only what is done for this objective')
    .option('--room <room>', 'only what this room does');

/** Everything when no part is named. Two parts at once are two kills. */
export function scopeIn({ agent, objective, room }: ScopeOptions) {
  const named = [
    agent === undefined ? undefined : { agentId: agent },
    objective === undefined ? undefined : { objectiveId: objective },
    room === undefined ? undefined : { room },
  ].filter((scope) => scope !== undefined);
  if (named.length > 1) throw new BadInput('--agent, --objective, --room: expected one of them at most');
  return named[0] ?? 'everything';
}

function reasonIn({ reason }: { reason?: string }): string {
  if (reason?.trim()) return reason;
  throw new BadInput('--reason: expected a word on why, got nothing');
}

function addKillReading(kill: Command, surroundings: Surroundings): void {
  listing<KillSummary>(kill.command('list').description('kills, newest first'), surroundings, '/kills', {
    kill: ({ killId }) => killId,
    at: ({ at }) => at,
    scope: ({ scope }) => scope,
    status: ({ status }) => status,
    by: ({ by }) => by,
    reason: ({ reason }) => reason,
  });
  const show = kill.command('show <kill-id>').description('what has confirmed a kill, and what it waits for');
  onApi(show, surroundings, async ({ api, print }, killId = '') => {
    const found = await api.get<KillView>(`/kills/${encodeURIComponent(killId)}`);
    const { points, ...facts } = found;
    const rows = points.map(({ point, room, state, afterMs, counts }) => [
      point,
      room,
      state,
      afterMs === null ? '' : `${afterMs} ms`,
      Object.entries(counts)
        .map(([what, count]) => `${what} ${count}`)
        .join(', '),
    ]);
    print(found, () => [...fieldLines(facts), '', ...tableLines(['point', 'room', 'state', 'after', 'done'], rows)]);
  });
  const certificate = kill.command('certificate <kill-id>').description('its signed certificate, as JSON');
  certificate.option('--out <file>', 'write to a file instead of stdout');
  onApi<{ out?: string }>(certificate, surroundings, async ({ api, options, terminal }, killId = '') => {
    const found = await api.get<object>(`/kills/${encodeURIComponent(killId)}/certificate`);
    const text = JSON.stringify(found, undefined, 2);
    if (options.out === undefined) return line(terminal.stdout, text);
    try {
      writeFileSync(options.out, `${text}\n`, { mode: 0o600 });
    } catch (error) {
      throw new BadInput(`--out: ${options.out} cannot be written: ${(error as Error).message}`);
    }
  });
}

const FAULTS: Record<CertificateFault, string> = {
  not_a_certificate: 'this is no containment certificate',
  effects_changed: 'the list of effects is not the one that was signed',
  counts_differ: 'the counts are not those of the list',
  signature_wrong: 'the signature does not fit what it signs',
  another_key: 'it was signed with another key than the one given',
  key_unreadable: 'the public key cannot be read',
};

/** Needs no connection, no account and nothing of ours but this program. */
function addVerify(kill: Command, { terminal }: Surroundings): void {
  const command = kill.command('verify <file>').description('check a certificate without any connection');
  command.option('--public-key <pem-file>', 'the key you trust; without it, only that the file is as it was signed');
  command.option('--json', 'the verdict as JSON');
  command.action((file: string, options: { publicKey?: string; json?: boolean }) => {
    const verdict = verifyCertificate(parsed(file), options.publicKey && textOf(options.publicKey));
    const against = options.publicKey
      ? 'signed with the key given'
      : 'as it was signed; by whom, only --public-key tells';
    const lines = verdict.valid
      ? [`valid: ${against}`]
      : ['NOT VALID', ...verdict.faults.map((fault) => `  ${FAULTS[fault]}`)];
    for (const text of options.json ? [JSON.stringify(verdict, undefined, 2)] : lines) line(terminal.stdout, text);
    if (!verdict.valid) throw new CommandFailed('');
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadInput(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function parsed(file: string): unknown {
  const text = textOf(file);
  try {
    return JSON.parse(text);
  } catch {
    throw new BadInput(`${file}: expected JSON`);
  }
}
