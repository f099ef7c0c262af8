// lazyark audit report | completeness: what the trail says, as a table, and whether it says all.
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Api } from './api.ts';
import { fetchedTrail } from './audit-trail.ts';
import { CommandFailed } from './failure.ts';
import { onApi, type PageOf, type PageOptions, pageLines, pageQuery, type Surroundings, withPage } from './session.ts';
import { harmless, line } from './terminal.ts';
import { missingFrom, type Recorded, recordedIn, type Stated } from './trail-completeness.ts';

type Row = Record<string, string | number>;
type ReportOptions = PageOptions & { from?: string; to?: string; csv?: boolean };
const TRIES = 3;
const PAUSE_MS = 2_000;

export function addReportCommands(audit: Command, surroundings: Surroundings): void {
  const report = withPage(audit.command('report <report>').description('access (who read what) or effects (each step)'))
    .option('--from <time>', 'not before, as 2026-01-31T00:00:00Z')
    .option('--to <time>', 'before')
    .option('--csv', 'as CSV');
  onApi<ReportOptions>(report, surroundings, async ({ api, options, print, terminal }, name) => {
    const path = `/audit/reports/${encodeURIComponent(name ?? '')}`;
    const query = { ...pageQuery(options), from: options.from, to: options.to };
    if (options.csv) {
      const answer = await api.raw(path, { ...query, format: 'csv' });
      return line(terminal.stdout, (await answer.text()).trimEnd());
    }
    const page = await api.get<PageOf<Row> & { columns: string[] }>(path, query);
    print(page, () => pageLines(page, page.columns, (row) => page.columns.map((column) => row[column])));
  });
  addCompleteness(audit, surroundings);
}

function addCompleteness(audit: Command, surroundings: Surroundings): void {
  const command = audit.command('completeness').description('check that every effect, and its state, is on the trail');
  onApi(command, surroundings, async ({ api, print }) => {
    const effects = await allEffects(api);
    let missing = effects;
    let recorded: Recorded = new Map();
    // The trail follows by a second or so: what is missing is looked for again.
    for (let tries = 0; tries < TRIES && missing.length > 0; tries += 1) {
      if (tries > 0) await wait(PAUSE_MS);
      recorded = recordedIn(await Array.fromAsync(fetchedTrail(api, 'safety')));
      missing = missingFrom(recorded, missing);
    }
    const answer = { complete: missing.length === 0, effects: effects.length, recorded: recorded.size, missing };
    print(answer, () => [
      `${missing.length === 0 ? 'complete' : 'NOT COMPLETE'}: ${effects.length} effects, ${recorded.size} on the trail`,
      ...missing.map(({ effectId, status }) =>
        harmless(`  ${effectId}: nothing on the trail says that it is ${status}`),
      ),
    ]);
    if (missing.length > 0) throw new CommandFailed('');
  });
}

async function allEffects(api: Api): Promise<Stated[]> {
  const effects: Stated[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.get<PageOf<Stated>>('/effects', { limit: 200, cursor });
    effects.push(...page.items.map(({ effectId, status }) => ({ effectId, status })));
    cursor = page.cursor ?? undefined;
  } while (cursor);
  return effects;
}
