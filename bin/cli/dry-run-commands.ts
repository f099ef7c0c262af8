// lazyark effect dry-run and resolve: what the gate would say, and what became of an effect of which nobody knows.
import type { Command } from 'commander';
import { parseDocument } from 'yaml';
import { BadInput } from './failure.ts';
import { readTextFile } from './objective-file.ts';
import { fieldLines, onApi, type Surroundings } from './session.ts';

type DryVerdict = { verdict: string; reasons: string[] };

export function addAsking(effect: Command, surroundings: Surroundings): void {
  onApi(
    effect.command('dry-run <file>').description('what the gate would say to the proposals of a file; stores nothing'),
    surroundings,
    async ({ api, print }, file = '') => {
      const answer = await api.post<{ items: DryVerdict[] }>('/effects/dry-run', { proposals: proposalsIn(file) });
      print(answer, () =>
        answer.items.map(({ verdict, reasons }, index) => `${index + 1}  ${verdict}  ${reasons.join('; ')}`),
      );
    },
  );
  const resolve = effect
    .command('resolve <effect-id>')
    .description('say what became of an effect of which nobody knows');
  resolve
    .requiredOption('--status <status>', 'confirmed or failed')
    .requiredOption('--reason <text>', 'kept in the audit');
  onApi<{ status: string; reason: string }>(resolve, surroundings, async ({ api, options, print }, id = '') => {
    const { status, reason } = options;
    const answer = await api.post<object>(`/effects/${encodeURIComponent(id)}/resolve`, { status, reason });
    print(answer, () => fieldLines(answer));
  });
}

/** A list of proposals, or one, in YAML or JSON. */
function proposalsIn(file: string): unknown[] {
  const document = parseDocument(readTextFile(file), { prettyErrors: true });
  const [fault] = document.errors;
  if (fault) throw new BadInput(`${file} is not valid YAML or JSON`, [`${file}: ${fault.message}`]);
  return [document.toJS({ maxAliasCount: 100 })].flat();
}
