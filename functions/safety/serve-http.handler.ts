// HTTP of the room safety.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ulid } from 'ulid';
import { readConfig } from '../common/config.ts';
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { channelsInto } from './channel-secrets.client.ts';
import { controlDeps } from './control-deps.ts';
import { decisionDeps } from './decision-deps.ts';
import { ServeHttpEnv } from './env.ts';
import { gateDeps, policyDeps } from './gate-deps.ts';
import { performerDeps } from './performer-deps.ts';
import { routes } from './routes.ts';
import { StagesConfig } from './stage.ts';

const env = readEnv(ServeHttpEnv);
const stages = { stagesConfig: readConfig('stages.yaml', StagesConfig) };
const putChannels = channelsInto(new SecretsManagerClient(), env.CHANNELS_SECRET);
const control = controlDeps(env);
const gate = { ...gateDeps(env), ...policyDeps(env) };
const acting = { ...performerDeps(control.tables, control.table, env.SNAPSHOT_BUCKET), newKey: ulid };
const deps = { ...control, ...gate, ...stages, ...acting, putChannels, voting: decisionDeps(env) };

export const handler = serve(routes(deps));
