// Builds what the functions that put effects to the vote share. Production wiring only.
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { announceOn } from '../common/announce.ts';
import { readConfig } from '../common/config.ts';
import { logger } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { decisionDepsOf } from './decision-work.ts';
import { decisionsIn } from './decisions.store.ts';
import { Panel } from './panel.ts';

/** CloudWatch reads a metric out of a log line of this form. */
const leftBehindMetric = () => ({
  DecisionsLeftBehind: 1,
  _aws: {
    Timestamp: Date.now(),
    CloudWatchMetrics: [
      { Namespace: 'LazyArk', Dimensions: [[]], Metrics: [{ Name: 'DecisionsLeftBehind', Unit: 'Count' }] },
    ],
  },
});

type Env = { SAFETY_TABLE: string; EVENT_BUS: string };

export function decisionDeps({ SAFETY_TABLE, EVENT_BUS }: Env) {
  const tables = openTables();
  return decisionDepsOf({
    tables,
    table: SAFETY_TABLE,
    decisions: decisionsIn(tables, SAFETY_TABLE),
    announce: announceOn(EVENT_BUS, new EventBridgeClient()),
    panel: readConfig('panel.yaml', Panel),
    now: () => new Date(),
    leftBehind: (decisionId, { name, message }) =>
      logger.warn('left to the sweep', { decisionId, errorName: name, errorMessage: message, ...leftBehindMetric() }),
  });
}
