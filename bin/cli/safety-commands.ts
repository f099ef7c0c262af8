// lazyark control: whether the swarm may act.
import type { Command } from 'commander';
import { addEffectCommands } from './effect-commands.ts';
import { fieldLines, onApi, type Surroundings } from './session.ts';

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
