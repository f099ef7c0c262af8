// The isolated function: runs a program that nobody trusts. It has no rights, no network and no secrets, and needs none.
import { lambda } from '../common/lambda.ts';
import { SandboxCall } from './sandbox-call.ts';
import { runInThread } from './sandbox-thread.client.ts';

export const handler = lambda(SandboxCall, runInThread);
