// The DAG job: 10 tasks that do nothing in layers 1-3-3-2-1, each waiting for all of the layer before.
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { percentile } from './statistics.ts';
import type { Swarm } from './swarm.ts';

const layers = [1, 3, 3, 2, 1];
export const tasksPerJob = layers.reduce((sum, width) => sum + width, 0);

type PlanTask = { id: string; title: string; capability: string; parameters: object; dependsOn: string[] };

/** An explicit plan: 10 tasks, 20 edges. */
export function dagPlan(): PlanTask[] {
  const idsOf = (layer: number): string[] =>
    Array.from({ length: layers[layer] ?? 0 }, (_, index) => `t${layer}_${index}`);
  return layers.flatMap((_, layer) =>
    idsOf(layer).map((id) => ({
      id,
      title: `Task ${id}`,
      capability: 'noop',
      parameters: {},
      dependsOn: idsOf(layer - 1),
    })),
  );
}

export type Drive = { jobsPerSecond: number; latenciesMs: number[]; p50Ms: number; p99Ms: number };

/** However slow the machine is, a repeat begins no job after this long. */
const beginSecondsMax = 40;

/**
 * Hands in up to `total` jobs over HTTP and keeps `inFlight` of them unfinished. A job's time ends when its last change is
 * durable. Throws when a job ends other than succeeded.
 */
export async function drive(swarm: Swarm, total: number, inFlight: number): Promise<Drive> {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const latenciesMs: number[] = [];
  const beganMs = performance.now();
  let begun = 0;
  const oneAfterAnother = async () => {
    while (begun < total && performance.now() - beganMs < beginSecondsMax * 1_000) {
      begun += 1;
      const startMs = performance.now();
      const objectiveId = await submit(swarm, agent);
      const status = await swarm.ended(objectiveId);
      if (status !== 'succeeded') throw new Error(`${objectiveId} ended as ${status}`);
      latenciesMs.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, total) }, oneAfterAnother));
  const seconds = (performance.now() - beganMs) / 1_000;
  agent.destroy();
  return {
    jobsPerSecond: latenciesMs.length / seconds,
    latenciesMs,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  };
}

const body = JSON.stringify({ text: 'The DAG job of the bench', impact: 5, urgency: 'hours', plan: dagPlan() });

function submit({ url, token }: Swarm, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'idempotency-key': randomUUID(),
    };
    const sent = request(`${url}/api/v1/objectives`, { method: 'POST', agent, headers }, async (answer) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      if (answer.statusCode === 201) resolve((JSON.parse(text) as { objectiveId: string }).objectiveId);
      else reject(new Error(`submitting answered ${answer.statusCode}: ${text.slice(0, 300)}`));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
