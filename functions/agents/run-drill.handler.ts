// The agent drill. Misbehaves on request, to prove that nothing else suffers.
import { runAgent } from './agent.ts';
import { misbehave } from './skills/misbehave.ts';

export const handler = runAgent({ capabilities: { 'drill.misbehave': misbehave } });
