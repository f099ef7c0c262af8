// What LazyArk promises, told through its public interface: the same stories wherever its template runs.
import { beforeAll, describe } from 'vitest';
import { clientOf, type Swarm } from './client.ts';
import { accessStories } from './stories/access.ts';
import { auditStories } from './stories/audit.ts';
import { badInputStories } from './stories/bad-input.ts';
import { bootstrapStories } from './stories/bootstrap.ts';
import { controlStories } from './stories/control.ts';
import { dataStories } from './stories/data.ts';
import { documentStories } from './stories/documents.ts';
import { failureStories } from './stories/failures.ts';
import { objectiveStories } from './stories/objectives.ts';

export type Surroundings = {
  /** what stands before the API refuses bodies over 10 MB, as API Gateway does */
  bodyLimit: boolean;
};

/** `connect` gives a new swarm that nobody has bootstrapped, or one that runs already. */
export function stories(connect: () => Promise<Swarm>, { bodyLimit }: Surroundings = { bodyLimit: true }): void {
  let swarm: Swarm | undefined;
  const api = clientOf(() => {
    if (!swarm) throw new Error('there is no swarm yet');
    return swarm;
  });
  describe('a swarm', () => {
    beforeAll(async () => {
      swarm = await connect();
    });
    bootstrapStories(api);
    documentStories(api);
    accessStories(api);
    objectiveStories(api);
    badInputStories(api, { bodyLimit });
    dataStories(api);
    failureStories(api);
    controlStories(api);
    auditStories(api);
  });
}
