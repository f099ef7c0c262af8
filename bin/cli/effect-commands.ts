// lazyark effect and drill: what passed the gate or was stopped there, asking for one, undoing one.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { addAsking } from './dry-run-commands.ts';
import { BadInput } from './failure.ts';
import { fieldLines, listing, onApi, type Surroundings, showing } from './session.ts';

type EffectView = { effectId: string; status: string; action: string; actor: string; target: string; at: string };
type Drill = { drillId: string; at: string; result: string; actions: { action: string; result: string }[] };

export function addEffectCommands(program: Command, surroundings: Surroundings): void {
  const effect = program.command('effect').description('every autonomous side effect, from proposal to outcome');
  listing<EffectView>(effect.command('list').description('newest first'), surroundings, '/effects', {
    effect: ({ effectId }) => effectId,
    at: ({ at }) => at,
    status: ({ status }) => status,
    action: ({ action }) => action,
    actor: ({ actor }) => actor,
    target: ({ target }) => target,
  });
  showing(effect.command('show <effect-id>').description('one effect with its reasons'), surroundings, '/effects');
  onApi(
    effect.command('request <file>').description('ask for an action: YAML or JSON with its parameters and reasons'),
    surroundings,
    async ({ api, print }, file = '') => {
      const asked = await api.post<object>('/effects', contentOf(file));
      print(asked, () => fieldLines(asked));
    },
  );
  onApi<{ reason: string }>(
    effect
      .command('reverse <effect-id>')
      .description('undo an effect by the way back noted before it')
      .requiredOption('--reason <text>', 'kept in the audit'),
    surroundings,
    async ({ api, options, print }, id = '') => {
      const undo = await api.post<object>(`/effects/${encodeURIComponent(id)}/reverse`, { reason: options.reason });
      print(undo, () => fieldLines(undo));
    },
  );
  addAsking(effect, surroundings);
  addDrillCommands(program, surroundings);
}

function addDrillCommands(program: Command, surroundings: Surroundings): void {
  const drill = program.command('drill').description('the nightly proof that undoing works');
  listing<Drill>(drill.command('list').description('newest first'), surroundings, '/drills', {
    drill: ({ drillId }) => drillId,
    at: ({ at }) => at,
    result: ({ result }) => result,
    actions: ({ actions }) => actions.map(({ action, result }) => `${action} ${result}`).join(', '),
  });
  onApi(drill.command('run').description('drill now'), surroundings, async ({ api, print }) => {
    const begun = await api.post<object>('/drills');
    print(begun, () => fieldLines(begun));
  });
}

function contentOf(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new BadInput(`${file} cannot be read: ${(error as Error).message}`);
  }
}
