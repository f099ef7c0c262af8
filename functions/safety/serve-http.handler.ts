// HTTP of the room safety.
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { controlDeps } from './control-deps.ts';
import { ServeHttpEnv } from './env.ts';
import { routes } from './routes.ts';

export const handler = serve(routes(controlDeps(readEnv(ServeHttpEnv))));
