// HTTP of the room safety.
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { controlDeps } from './control-deps.ts';
import { decisionDeps } from './decision-deps.ts';
import { ServeHttpEnv } from './env.ts';
import { policyDeps } from './gate-deps.ts';
import { routes } from './routes.ts';

const env = readEnv(ServeHttpEnv);

export const handler = serve(routes({ ...controlDeps(env), ...policyDeps(env), voting: decisionDeps(env) }));
