// lazyark audit …: read the trail, take it home, and check that nobody has touched it.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Command } from 'commander';
import { fetchedTrail, storedTrail } from './audit-trail.ts';
import { type ConnectionOptions, connect, withConnection } from './connection.ts';
import { BadInput, CommandFailed } from './failure.ts';
import { onApi, type PageOf, type PageOptions, pageLines, pageQuery, type Surroundings, withPage } from './session.ts';
import { harmless, line } from './terminal.ts';
import { type AuditReport, auditVerifier } from './verify-audit.ts';

type EntryView = {
  entryId: string;
  lane: string;
  seq: number;
  at: string;
  kind: string;
  table: string;
  pk: string;
  by?: unknown;
  why?: unknown;
};

export function addAuditCommands(program: Command, surroundings: Surroundings): void {
  const audit = program.command('audit').description('who changed what, when and why');
  addShow(audit, surroundings);
  addVerify(audit, surroundings);
  const command = audit.command('export').description('the whole trail as JSON lines, to keep or to check elsewhere');
  command.option('--lane <lane>', 'one lane only').option('--out <file>', 'write to a file instead of stdout');
  onApi<{ lane?: string; out?: string }>(command, surroundings, async ({ api, options, terminal }) => {
    const lines = fetchedTrail(api, options.lane);
    if (options.out) return writeLines(options.out, lines);
    for await (const text of lines) line(terminal.stdout, text);
  });
}

function addShow(audit: Command, surroundings: Surroundings): void {
  const show = withPage(audit.command('show [entry-id]').description('entries, newest first, or one entry'))
    .option('--lane <lane>', 'of one lane')
    .option('--objective <objective-id>', 'about one objective');
  type Options = PageOptions & { lane?: string; objective?: string };
  onApi<Options>(show, surroundings, async ({ api, options, print }, entryId) => {
    if (entryId) {
      const entry = await api.get<object>(`/audit/${encodeURIComponent(entryId)}`);
      return print(entry, () => [harmless(JSON.stringify(entry, undefined, 2))]);
    }
    const query = { ...pageQuery(options), lane: options.lane, objectiveId: options.objective };
    const page = await api.get<PageOf<EntryView>>('/audit', query);
    const row = (entry: EntryView) => [
      entry.entryId,
      entry.at,
      entry.kind,
      entry.table,
      entry.pk,
      said(entry.by),
      said(entry.why),
    ];
    print(page, () => pageLines(page, ['entry', 'at', 'kind', 'table', 'item', 'by', 'why'], row));
  });
}

const said = (value: unknown): string => (typeof value === 'string' ? value : value ? JSON.stringify(value) : '');

function addVerify(audit: Command, surroundings: Surroundings): void {
  const command = audit
    .command('verify [file]')
    .description('check the hash chain of a running LazyArk, or of an exported file without any connection');
  type Options = ConnectionOptions & { json?: boolean };
  withConnection(command).action(async (file: string | undefined, options: Options) => {
    const lines = file ? storedTrail(file) : fetchedTrail(connect(options, surroundings.env));
    const verifier = auditVerifier();
    for await (const text of lines) verifier.feed(text);
    const report = verifier.report();
    if (report.entries === 0 && report.valid && file) throw new BadInput(`${file} holds no audit entries`);
    const { stdout } = surroundings.terminal;
    if (options.json) line(stdout, JSON.stringify(report, undefined, 2));
    else for (const text of reportLines(report)) line(stdout, text);
    if (!report.valid) throw new CommandFailed('');
  });
}

/** What an auditor reads: each lane with its head, then each fault with the entry it was found at. */
function reportLines(report: AuditReport): string[] {
  const lanes = report.lanes.map(({ lane, entries, headHash }) => `  ${lane}: ${entries} entries, head ${headHash}`);
  const faults = report.faults.map(
    ({ lane, seq, entryId, fault }) => `  ${lane} entry ${seq}${entryId ? ` (${entryId})` : ''}: ${fault}`,
  );
  const more = report.faultsInAll - report.faults.length;
  const verdict = report.valid
    ? `valid: ${report.entries} entries in ${report.lanes.length} lanes, nothing changed, missing or reordered`
    : `NOT VALID: ${report.faultsInAll} fault${report.faultsInAll === 1 ? '' : 's'} in ${report.entries} entries`;
  return [verdict, ...faults, ...(more > 0 ? [`  … and ${more} more`] : []), ...lanes].map(harmless);
}

async function writeLines(file: string, lines: AsyncIterable<string>): Promise<void> {
  const out = createWriteStream(file, { mode: 0o600 });
  const failed = once(out, 'error').then(([error]) => {
    throw new BadInput(`${file} cannot be written: ${(error as Error).message}`);
  });
  const written = (async () => {
    for await (const text of lines) if (!out.write(`${text}\n`)) await once(out, 'drain');
    out.end();
    await once(out, 'finish');
  })();
  await Promise.race([written, failed]);
}
