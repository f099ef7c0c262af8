// Which LazyArk a command talks to: told by flags, by the environment, or by the folder of a running embedded runtime.
import type { Command } from 'commander';
import type { Api } from './api.ts';
import { openApi } from './api.ts';
import { defaultDataDir, readEndpoint, readToken } from './data-dir.ts';
import { BadInput } from './failure.ts';
import type { Environment } from './terminal.ts';

export type ConnectionOptions = { endpoint?: string; token?: string; data?: string };

/** Adds the options that every command talking to an API has. */
export function withConnection(command: Command): Command {
  return command
    .option('--endpoint <url>', 'the API to talk to, such as https://….amazonaws.com (or LAZYARK_ENDPOINT)')
    .option('--token <token>', 'the operator token (or LAZYARK_TOKEN)')
    .option('--data <dir>', 'folder of a running embedded runtime: endpoint and token are read from it')
    .option('--json', 'print the answer as JSON');
}

/**
 * What is said beats what is set, which beats what is found: flags, then LAZYARK_ENDPOINT and LAZYARK_TOKEN, then the
 * default data folder. Throws BadInput when no endpoint is known.
 */
export function connect(options: ConnectionOptions, env: Environment): Api {
  if (options.data && options.endpoint) throw new BadInput('Give either --endpoint or --data, not both');
  const said = options.endpoint ?? (options.data ? undefined : env.LAZYARK_ENDPOINT);
  if (said) return openApi({ endpoint: checkedUrl(said), token: options.token ?? env.LAZYARK_TOKEN });
  const folder = options.data ?? defaultDataDir;
  const endpoint = readEndpoint(folder);
  if (!endpoint) {
    throw new BadInput(`No runtime runs on ${folder} (there is no file "endpoint" in it)`, [
      'start one: npm start',
      'or say where LazyArk is: --endpoint and --token, or LAZYARK_ENDPOINT and LAZYARK_TOKEN',
    ]);
  }
  return openApi({ endpoint, token: options.token ?? readToken(folder) });
}

function checkedUrl(text: string): string {
  const url = URL.parse(text);
  if (url && ['http:', 'https:'].includes(url.protocol)) return text;
  throw new BadInput(`endpoint: expected an http or https address, got "${text}"`);
}
