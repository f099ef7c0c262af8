// Ten processes take from one limit on a DynamoDB engine, one of them killed on the way: together never more than there is.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createHouseTable,
  type Dynoxide,
  hasDynoxide,
  startDynoxide,
} from '../../functions/common/dynoxide.test-support.ts';
import { dynamoTables } from '../../functions/common/table-dynamodb.ts';
import { writeFlags } from '../../functions/safety/control-flags.ts';

const PROPOSER = join(import.meta.dirname, 'limit-proposer.ts');
const PROCESSES = 10;
const EACH = 30;
const MOST = 100;

let engine: Dynoxide;
beforeAll(async () => {
  if (hasDynoxide) engine = await startDynoxide();
});
afterAll(() => engine?.stop());

it.skipIf(!hasDynoxide)('ten processes on one store take exactly what there is, even when one is killed', async () => {
  await createHouseTable(engine.client, 'safety');
  const tables = dynamoTables(engine.client);
  await writeFlags(tables, 'safety', { swarm: 'active', killed: false, reason: 'test', by: 'test', at: '-' });
  const { hostname, port } = await engine.client.config.endpoint!();
  const endpoint = `http://${hostname}:${port}`;
  const victim = spawn(process.execPath, [PROPOSER, endpoint, 'victim', '1000']);
  await once(victim.stdout, 'data');
  const run = (name: string) => promisify(execFile)(process.execPath, [PROPOSER, endpoint, name, `${EACH}`]);
  const others = Promise.all(Array.from({ length: PROCESSES - 1 }, (_, n) => run(`p${n}`)));
  setTimeout(() => victim.kill('SIGKILL'), 300);
  const answers = await others;
  if (victim.exitCode === null && victim.signalCode === null) await once(victim, 'exit');
  const { items } = await tables.query({ table: 'safety', pk: 'limit#calls#all', consistent: true });
  const cleared = answers.reduce((sum, { stdout }) => sum + Number(stdout.trim().split('\n').at(-1)), 0);
  const used = Number(items[0]?.used);
  console.log(JSON.stringify({ cleared, used, most: MOST }));
  expect(used).toBe(MOST);
  expect(cleared).toBeLessThanOrEqual(used);
});
