// lazyark effect and drill: what passed the gate or was stopped there, asking for one, undoing one.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { addAsking } from './dry-run-commands.ts';
import { BadInput } from './failure.ts';
import {
  fieldLines,
  onApi,
  type PageOf,
  type PageOptions,
  pageLines,
  pageQuery,
  type Surroundings,
  withPage,
} from './session.ts';

type EffectView = { effectId: string; status: string; action: string; actor: string; target: string; at: string };
type Drill = { drillId: string; at: string; result: string; actions: { action: string; result: string }[] };

export function addEffectCommands(program: Command, surroundings: Surroundings): void {
  const effect = program.command('effect').description('every autonomous side effect, from proposal to outcome');
  const list = withPage(effect.command('list').description('newest first'));
  onApi<PageOptions>(list, surroundings, async ({ api, options, print }) => {
    const page = await api.get<PageOf<EffectView>>('/effects', pageQuery(options));
    const row = (item: EffectView) => [item.effectId, item.at, item.status, item.action, item.actor, item.target];
    print(page, () => pageLines(page, ['effect', 'at', 'status', 'action', 'actor', 'target'], row));
  });
  onApi(
    effect.command('show <effect-id>').description('one effect with its reasons'),
    surroundings,
    async ({ api, print }, id = '') => {
      const found = await api.get<object>(`/effects/${encodeURIComponent(id)}`);
      print(found, () => fieldLines(found));
    },
  );
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
  const list = withPage(drill.command('list').description('newest first'));
  onApi<PageOptions>(list, surroundings, async ({ api, options, print }) => {
    const page = await api.get<PageOf<Drill>>('/drills', pageQuery(options));
    const actions = (one: Drill) => one.actions.map(({ action, result }) => `${action} ${result}`).join(', ');
    const row = (one: Drill) => [one.drillId, one.at, one.result, actions(one)];
    print(page, () => pageLines(page, ['drill', 'at', 'result', 'actions'], row));
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
