// Once a minute: ends what is over time and finishes what a crash left between a vote, a ruling and its consequences.
import type { DecisionDeps } from './decision-work.ts';
import { attendTo } from './weigh-decision.ts';

const PAGES_MAX = 10;
const PAGE = 100;

export type SweepReport = { looked: number; settled: number; failed: number };

export async function sweepDecisions(deps: DecisionDeps): Promise<SweepReport> {
  const report = { looked: 0, settled: 0, failed: 0 };
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX && (pages === 0 || cursor); pages += 1) {
    const page = await deps.decisions.unfinished({ limit: PAGE, cursor });
    for (const decision of page.items) {
      report.looked += 1;
      try {
        const { status } = await attendTo(decision, deps);
        if (status !== 'open' && status !== 'gathering') report.settled += 1;
      } catch (error) {
        report.failed += 1;
        deps.leftBehind(decision.decisionId, error as Error);
      }
    }
    cursor = page.cursor;
  }
  return report;
}
