// HTTP of the room safety.
import { readConfig } from '../common/config.ts';
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { controlDeps } from './control-deps.ts';
import { decisionDeps } from './decision-deps.ts';
import { ServeHttpEnv } from './env.ts';
import { policyDeps } from './gate-deps.ts';
import { routes } from './routes.ts';
import { StagesConfig } from './stage.ts';

const env = readEnv(ServeHttpEnv);
const stages = { stagesConfig: readConfig('stages.yaml', StagesConfig) };

export const handler = serve(routes({ ...controlDeps(env), ...policyDeps(env), ...stages, voting: decisionDeps(env) }));
