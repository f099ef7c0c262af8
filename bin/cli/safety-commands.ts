// lazyark control and effect: whether the swarm may act, and what the gate let through or held.
import type { Command } from 'commander';
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

export function addSafetyCommands(program: Command, surroundings: Surroundings): void {
  const control = program.command('control').description('the control flags');
  onApi(
    control.command('show').description('whether the swarm may act, and why'),
    surroundings,
    async ({ api, print }) => {
      const flags = await api.get<object>('/control');
      print(flags, () => fieldLines(flags));
    },
  );
  addEffectCommands(program, surroundings);
}

function addEffectCommands(program: Command, surroundings: Surroundings): void {
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
}
