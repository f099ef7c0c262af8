// What LazyArk promises, told through its public interface: the same stories wherever its template runs.
import { beforeAll, describe } from 'vitest';
import { clientOf, type Swarm } from './client.ts';
import { accessStories } from './stories/access.ts';
import { auditStories } from './stories/audit.ts';
import { badInputStories } from './stories/bad-input.ts';
import { bootstrapStories } from './stories/bootstrap.ts';
import { controlStories } from './stories/control.ts';
import { dataStories } from './stories/data.ts';
import { decisionStories } from './stories/decisions.ts';
import { documentStories } from './stories/documents.ts';
import { failureStories } from './stories/failures.ts';
import { noticeStories } from './stories/notices.ts';
import { objectiveStories } from './stories/objectives.ts';
import { principalStories } from './stories/principals.ts';
import { privacyStories } from './stories/privacy.ts';
import { reversalStories } from './stories/reversal.ts';
import { sandboxStories } from './stories/sandbox.ts';
import { snapshotStories } from './stories/snapshots.ts';
import { stageStories } from './stories/stages.ts';

export type Surroundings = {
  /** how long a story waits for anything */
  patienceMs: number;
  /** what stands before the API refuses bodies over 10 MB, as API Gateway does */
  bodyLimit: boolean;
  /** an agent that ends without an answer is reported at once; where not, the end of its lease tells */
  crashesReported: boolean;
  /** its KMS can sign */
  signs: boolean;
};

/** `connect` gives a new swarm that nobody has bootstrapped, or one that runs already. */
export function stories(connect: () => Promise<Swarm>, surroundings: Surroundings): void {
  let swarm: Swarm | undefined;
  const api = clientOf(() => {
    if (!swarm) throw new Error('there is no swarm yet');
    return swarm;
  }, surroundings.patienceMs);
  describe('a swarm', () => {
    beforeAll(async () => {
      swarm = await connect();
    });
    bootstrapStories(api);
    documentStories(api);
    accessStories(api);
    principalStories(api);
    objectiveStories(api);
    badInputStories(api, surroundings);
    dataStories(api);
    privacyStories(api);
    sandboxStories(api);
    failureStories(api, surroundings);
    controlStories(api);
    decisionStories(api);
    noticeStories(api);
    reversalStories(api);
    stageStories(api);
    snapshotStories(api);
    auditStories(api, surroundings);
  });
}
