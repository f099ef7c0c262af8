// One of several processes that propose to the same gate: argv is the endpoint of the store, a name, how many proposals.
// It says when it has begun, and in the end how many were cleared.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoTables } from '../../functions/common/table-dynamodb.ts';
import { gateOf, type Rules } from '../../functions/safety/gate.ts';

const [endpoint = '', name = '', count = '0'] = process.argv.slice(2);
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const tables = dynamoTables(new DynamoDBClient({ region: 'eu-central-1', endpoint, credentials, maxAttempts: 1 }));

const rules: Rules = {
  judge: () => ({ allowed: true, because: ['test'] }),
  thresholds: {
    perAction: { spendCents: 10_000, apiCalls: 1_000, files: 10, tokens: 1_000 },
    holds: {
      votes: { spendCentsFrom: 5_000, filesFrom: 5 },
      person: { confidenceBelow: 0.7, spendCentsAbove: 5_000, irreversible: true },
    },
    limits: [{ name: 'calls', unit: 'apiCalls', per: 'swarm', most: 100, window: 'fixed', seconds: 2_678_400 }],
  },
};
const gate = gateOf({ tables, table: 'safety', rules: async () => rules, now: () => new Date() });

let cleared = 0;
for (let n = 0; n < Number(count); n += 1) {
  const [verdict] = await gate.propose([
    {
      intentKey: `${name}-${n}`,
      fence: name,
      actor: name,
      scope: { room: 'objectives', agentId: name },
      action: 'task.execute',
      target: 'noop',
      context: {},
      options: ['do it', 'leave it'],
      choice: 'do it',
      rationale: 'many at once',
      confidence: 1,
      impact: { spendCents: 0, apiCalls: 1, files: 0, tokens: 0 },
      reversible: 'nothing_to_undo',
    },
  ]);
  if (verdict?.kind === 'cleared') cleared += 1;
  if (n === 2) console.log('begun');
}
console.log(cleared);
