// lazyark audit …: read the trail, take it home, and check that nobody has touched it.

import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Api } from './api.ts';
import { addProofCommands } from './audit-proof-commands.ts';
import { addReportCommands } from './audit-report-commands.ts';
import { anchoredRoots, fetchedTrail, storedTrail } from './audit-trail.ts';
import { type ConnectionOptions, connect, withConnection } from './connection.ts';
import { ApiRefused, BadInput, CommandFailed } from './failure.ts';
import { reasonOf } from './objective-file.ts';
import { onApi, type PageOf, type PageOptions, pageLines, pageQuery, type Surroundings, withPage } from './session.ts';
import { harmless, line } from './terminal.ts';
import { type AuditReport, auditVerifier, type SignedRoot } from './verify-audit.ts';

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
  addExport(audit, surroundings);
  addProofCommands(audit, surroundings);
  addReportCommands(audit, surroundings);
}

function addExport(audit: Command, surroundings: Surroundings): void {
  const command = audit
    .command('export')
    .description('the whole trail as one file that anybody can verify offline; what is new is sealed first')
    .option('--lane <lane>', 'one lane only')
    .option('--out <file>', 'write to a file instead of stdout')
    .option('--no-seal', 'leave what is new to the next root');
  type Options = { lane?: string; out?: string; seal: boolean };
  onApi<Options>(command, surroundings, async ({ api, options, terminal }) => {
    if (options.seal) await sealAll(api);
    const lines = fetchedTrail(api, options.lane);
    if (options.out) return writeLines(options.out, lines);
    for await (const text of lines) line(terminal.stdout, text);
  });
}

/** A long trail is sealed in parts. */
async function sealAll(api: Api): Promise<void> {
  while ((await api.post<{ more: boolean }>('/audit/seal')).more);
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

type VerifyOptions = ConnectionOptions & { json?: boolean; fingerprint?: string[]; anchor?: string[]; lane?: string };

function addVerify(audit: Command, surroundings: Surroundings): void {
  const command = audit
    .command('verify [file]')
    .description('check chain, roots and signatures of a running LazyArk against its archive, or of an exported file')
    .option('--fingerprint <hex...>', 'the keys that you trust; without it any key that signed is taken')
    .option('--anchor <file...>', 'signed roots that you kept, such as objects of the archive')
    .option('--lane <lane>', 'one lane only');
  withConnection(command).action(async (file: string | undefined, options: VerifyOptions) => {
    const api = file ? undefined : connect(options, surroundings.env);
    const given = (options.anchor ?? []).flatMap(storedRoots);
    // Before the trail: what is anchored by now has to be in it.
    const anchors = [...given, ...(api ? await sealedRoots(api) : [])];
    const verifier = auditVerifier({
      fingerprints: options.fingerprint,
      anchors,
      lane: options.lane,
      rootsExpected: true,
    });
    const lines = api ? fetchedTrail(api, options.lane) : storedTrail(file ?? '');
    for await (const text of lines) verifier.feed(text);
    const report = verifier.report();
    if (report.entries === 0 && report.lanes.length === 0 && file) throw new BadInput(`${file} holds no audit entries`);
    const { stdout } = surroundings.terminal;
    if (options.json) line(stdout, JSON.stringify(report, undefined, 2));
    else for (const text of reportLines(report)) line(stdout, text);
    if (!report.valid) throw new CommandFailed('');
  });
}

/** What is there by now comes under a signed root first, so that nothing of it is left to trust. Who may not, verifies all the same. */
async function sealedRoots(api: Api): Promise<SignedRoot[]> {
  try {
    while ((await api.post<{ more: boolean }>('/audit/seal'))?.more);
  } catch (error) {
    if (!(error instanceof ApiRefused)) throw error;
  }
  return anchoredRoots(api);
}

function storedRoots(file: string): SignedRoot[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return lines.map((text) => JSON.parse(text));
  } catch (error) {
    throw new BadInput(`${file} holds no signed roots: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}

/** What an auditor reads: each lane with its head, then each fault with the entry it was found at. */
function reportLines(report: AuditReport): string[] {
  const lanes = report.lanes.map(
    ({ lane, entries, sealed, headHash }) => `  ${lane}: ${entries} entries (${sealed} sealed), head ${headHash}`,
  );
  const faults = report.faults.map(
    ({ lane, seq, entryId, fault }) => `  ${lane} entry ${seq}${entryId ? ` (${entryId})` : ''}: ${fault}`,
  );
  const more = report.faultsInAll - report.faults.length;
  const verdict = report.valid
    ? `valid: ${report.entries} entries in ${report.lanes.length} lanes, nothing changed, missing or reordered`
    : `NOT VALID: ${report.faultsInAll} fault${report.faultsInAll === 1 ? '' : 's'} in ${report.entries} entries`;
  const { count, lastAt, anchorsCompared } = report.roots;
  const roots = `  ${count} signed roots${lastAt ? `, the last of ${lastAt}` : ''}; ${anchorsCompared} compared with the archive or your own`;
  const keys = report.keys.map(({ fingerprint, trusted }) => `  key ${fingerprint}${trusted ? ', trusted' : ''}`);
  const rest = [...(more > 0 ? [`  … and ${more} more`] : []), ...lanes, roots, ...keys];
  return [verdict, ...faults, ...rest].map(harmless);
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
