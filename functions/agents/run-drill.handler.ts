// The agent drill. Misbehaves on request, to prove that nothing else suffers.
import { runAgent } from './agent.ts';
import { outcomeQueue } from './outcome-queue.client.ts';
import { reporting } from './report-outcome.ts';
import { misbehave } from './skills/misbehave.ts';

export const handler = reporting(runAgent({ capabilities: { 'drill.misbehave': misbehave } }), outcomeQueue());
