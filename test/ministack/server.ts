// Starts MiniStack on a free port, with TLS and IAM where it can, and stops it again without leaving anything behind.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { get as getPlain, type IncomingMessage } from 'node:http';
import { Agent, get as getSecure } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { signalGroup, TOOLS } from './tool.ts';

export const REGION = 'eu-west-1';
const READY_SECONDS_MAX = 60;
const STOP_SECONDS_MAX = 15;
const LOG_LINES = 80;

export type MiniStack = {
  url: string;
  /** how much of AWS's rules it keeps */
  about: string;
  /** an environment in which AWS tools and SDKs talk to it and to nothing else */
  env: NodeJS.ProcessEnv;
  logTail(): string;
  stop(): Promise<void>;
};

/** Throws with the end of its log when it does not come up. Functions run on the Node 24 that is first on its path. */
export async function startMiniStack(program: string): Promise<MiniStack> {
  const folder = mkdtempSync(join(tmpdir(), 'lazyark-ministack-'));
  const port = await freePort();
  const strict = hasOpenssl();
  const url = `${strict ? 'https' : 'http'}://127.0.0.1:${port}`;
  const about = strict ? 'over TLS, every role enforced' : 'over plain http, roles not enforced (openssl is missing)';
  const logFile = join(folder, 'ministack.log');
  const child = run(program, serverEnv(folder, port, strict), logFile);
  const logTail = () => tailOf(readFileSync(logFile, 'utf8'));
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  if (await ready(url, child)) return { url, about, env: clientEnv(folder, url, strict), logTail, stop };
  const log = logTail();
  await stop();
  throw new Error(`MiniStack did not come up:\n${log}`);
}

/** MiniStack makes its certificate with it. Without TLS the policies that demand TLS would refuse everything. */
const hasOpenssl = (): boolean => spawnSync('openssl', ['version']).status === 0;

function run(program: string, env: NodeJS.ProcessEnv, logFile: string): ChildProcess {
  const log = openSync(logFile, 'w');
  const child = spawn(program, [], { env, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  return child;
}

/** Everything it writes goes below one folder. Functions inherit this, so it holds no credentials and no address. */
function serverEnv(folder: string, port: number, strict: boolean): NodeJS.ProcessEnv {
  const at = (name: string) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  return {
    PATH: [TOOLS, process.env.PATH].filter(Boolean).join(delimiter),
    HOME: process.env.HOME,
    LANG: process.env.LANG,
    GATEWAY_PORT: `${port}`,
    BIND_HOST: '127.0.0.1',
    MINISTACK_REGION: REGION,
    ...(strict && { AUTH: 'true', USE_SSL: '1' }),
    PERSIST_STATE: '0',
    S3_PERSIST: '0',
    STATE_DIR: at('state'),
    S3_DATA_DIR: at('s3'),
    TMPDIR: at('tmp'),
    LOG_LEVEL: 'INFO',
  };
}

function clientEnv(folder: string, url: string, strict: boolean): NodeJS.ProcessEnv {
  const certificate = join(folder, 'tmp/ministack-tls/server.crt');
  const { AWS_PROFILE: _, ...others } = process.env;
  return {
    ...others,
    PATH: [TOOLS, process.env.PATH].filter(Boolean).join(delimiter),
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    ...(strict && { NODE_EXTRA_CA_CERTS: certificate, AWS_CA_BUNDLE: certificate }),
  };
}

/** What its streams delivered is thousands of lines that nobody looks for. */
const tailOf = (log: string): string =>
  log
    .trimEnd()
    .split('\n')
    .filter((line) => !/ INFO \[lambda\] ESM: .* processed /.test(line))
    .slice(-LOG_LINES)
    .join('\n');

async function ready(url: string, child: ChildProcess): Promise<boolean> {
  // Its certificate is made while it starts; nothing secret is asked for here.
  const agent = new Agent({ rejectUnauthorized: false });
  const deadlineMs = Date.now() + READY_SECONDS_MAX * 1_000;
  while (Date.now() < deadlineMs && child.exitCode === null && child.pid !== undefined) {
    if (await answers(`${url}/_ministack/ready`, agent)) return true;
    await wait(100);
  }
  return false;
}

function answers(url: string, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const heard = (answer: IncomingMessage) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    };
    const options = { timeout: 2_000 };
    const asked = url.startsWith('https:')
      ? getSecure(url, { ...options, agent }, heard)
      : getPlain(url, options, heard);
    asked.on('error', () => resolve(false));
    asked.on('timeout', () => asked.destroy());
  });
}

/** The functions it runs are processes of its group. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
  signalGroup(child.pid, 'SIGTERM');
  await Promise.race([gone, wait(STOP_SECONDS_MAX * 1_000, undefined, { ref: false })]);
  signalGroup(child.pid, 'SIGKILL');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
