// The process under measurement: a fresh embedded runtime, bootstrapped. It says which objectives have ended, as seen in
// the change log right after the commit: asking over HTTP would be a load of its own.

import { openApi } from '../../bin/cli/api.ts';
import { bootstrapSwarm } from '../../bin/cli/status-commands.ts';
import type { Change, SqliteStore } from '../../functions/common/table-sqlite.ts';
import { startRuntime } from '../../local/main.ts';
import { type Counter, countOperations } from './count-operations.ts';
import type { FromSwarm, ToSwarm } from './swarm-messages.ts';

const [assembly = '', dataDir = ''] = process.argv.slice(2);
const ENDED = new Set(['succeeded', 'failed', 'cancelled']);
const tell = (message: FromSwarm): void => void process.send?.(message);

const runtime = await startRuntime({ assembly, dataDir, port: 0 });
const store = runtime.tables as SqliteStore;
const token = await runtime.secret(runtime.outputs.OperatorTokenSecretName ?? '');
await bootstrapSwarm(openApi({ endpoint: runtime.url, token }));
watchEnds(runtime.outputs.ObjectivesTableName ?? '');

let counter: Counter | undefined;
process.on('message', (message: ToSwarm) => {
  if (message.kind === 'count') counter = countOperations(store);
  if (message.kind === 'tell') tell({ kind: 'counts', counts: counter?.counts() ?? {} });
  if (message.kind === 'stop') void runtime.stop().then(() => process.disconnect());
});
process.on('disconnect', () => process.exit());
tell({ kind: 'ready', url: runtime.url, token });

function watchEnds(table: string): void {
  let seen = 0;
  const look = () => {
    for (let changes = next(); changes.length > 0; changes = next()) {
      seen = changes.at(-1)?.seq ?? seen;
      for (const { pk, after } of changes.filter(isEnd))
        tell({ kind: 'ended', objectiveId: pk, status: `${after?.status}` });
    }
  };
  const next = (): Change[] => store.changesAfter(table, seen, 1_000);
  look();
  store.onCommit((tables) => {
    if (tables.has(table)) look();
  });
}

function isEnd({ pk, sk, before, after }: Change): boolean {
  return (
    sk === 'graph#00' && pk.startsWith('obj_') && ENDED.has(`${after?.status}`) && before?.status !== after?.status
  );
}
