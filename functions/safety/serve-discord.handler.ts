// HTTP for Discord, behind no token: each request proves itself by its signature.
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../common/config.ts';
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { controlDeps } from './control-deps.ts';
import { decisionDeps } from './decision-deps.ts';
import { DiscordConfig } from './discord.ts';
import { discordRoutes } from './discord-routes.ts';
import { ServeDiscordEnv } from './env.ts';

const env = readEnv(ServeDiscordEnv);
const discord = readConfig('discord.yaml', DiscordConfig);
const deadline = async (ms: number): Promise<never> => {
  await pause(ms);
  throw new Error('no answer in time');
};

export const handler = serve(discordRoutes({ ...controlDeps(env), discord, voting: decisionDeps(env), deadline }));
