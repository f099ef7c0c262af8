// Builds what follows the effects: the bus, the rules of stages, and the watch over agents. Production wiring only.
import { readConfig } from '../common/config.ts';
import { BehaviourConfig } from './behaviour.ts';
import { controlDeps } from './control-deps.ts';
import { configuredStages } from './gate-deps.ts';
import { StagesConfig } from './stage.ts';
import { watchOver } from './watch-behaviour.ts';

export function followDeps(env: { SAFETY_TABLE: string; EVENT_BUS: string }) {
  const stagesConfig = readConfig('stages.yaml', StagesConfig);
  const deps = { ...controlDeps(env), stagesConfig };
  return {
    deps,
    declared: configuredStages(),
    watch: watchOver({ ...deps, behaviourConfig: readConfig('behaviour.yaml', BehaviourConfig) }),
  };
}
