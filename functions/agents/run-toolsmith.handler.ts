// The agent toolsmith. Runs programs that plans bring with them: it gathers their data, the isolated function runs them.
import { Terms } from '../common/compliance.ts';
import { readConfig } from '../common/config.ts';
import { crawlWith } from '../common/crawl.client.ts';
import { readEnv } from '../common/env.ts';
import { safeFetchWith } from '../common/safe-fetch.client.ts';
import { runAgent } from './agent.ts';
import { download } from './download.client.ts';
import { RunToolsmithEnv } from './env.ts';
import { outcomeQueue } from './outcome-queue.client.ts';
import { reporting } from './report-outcome.ts';
import { sandboxAt } from './sandbox.client.ts';
import { runCode } from './skills/run-code.ts';

const { SANDBOX_FUNCTION } = readEnv(RunToolsmithEnv);
const crawl = crawlWith({ safeFetch: safeFetchWith(), terms: readConfig('terms.yaml', Terms), now: Date.now });
const skill = runCode({ run: sandboxAt(SANDBOX_FUNCTION), crawl });

export const handler = reporting(runAgent({ capabilities: { 'sandbox.run': skill }, download }), outcomeQueue());
