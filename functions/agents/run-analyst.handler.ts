// The agent analyst. Reads tables and texts and says what they hold.
import { runAgent } from './agent.ts';
import { download } from './download.client.ts';
import { outcomeQueue } from './outcome-queue.client.ts';
import { reporting } from './report-outcome.ts';
import { aggregate } from './skills/aggregate.ts';
import { compare } from './skills/compare.ts';
import { computeNps } from './skills/compute-nps.ts';
import { findComplaints } from './skills/find-complaints.ts';
import { profile } from './skills/profile.ts';
import { readFeedback } from './skills/read-feedback.ts';

const ofFeedback = { 'feedback.read': readFeedback, 'feedback.nps': computeNps, 'text.complaints': findComplaints };
const ofTables = { 'table.profile': profile, 'table.compare': compare, 'table.aggregate': aggregate };
export const handler = reporting(runAgent({ capabilities: { ...ofFeedback, ...ofTables }, download }), outcomeQueue());
