// The agent writer. Writes reports and briefs that contain what was found and nothing else.
import { runAgent } from './agent.ts';
import { outcomeQueue } from './outcome-queue.client.ts';
import { reporting } from './report-outcome.ts';
import { writeBrief } from './skills/write-brief.ts';
import { writeReport } from './skills/write-report.ts';

export const handler = reporting(
  runAgent({ capabilities: { 'report.write': writeReport, 'brief.write': writeBrief } }),
  outcomeQueue(),
);
