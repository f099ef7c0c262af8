// A right that the template lacks is missed on this machine as it would be on AWS, and nothing else breaks with it.
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureAssembly } from '../../bin/build.ts';
import { type Runtime, startRuntime } from '../../local/main.ts';
import { clientOf, expectProblem } from './client.ts';

type Statement = { Action: string | string[] };
type Role = { Type: string; Properties: { Policies?: { PolicyDocument: { Statement: Statement[] } }[] } };

const folder = mkdtempSync(join(tmpdir(), 'lazyark-permissions-'));
const dataDir = join(folder, 'data');
let runtime: Runtime;
let token: string;
const api = clientOf(() => ({ endpoint: runtime.url, token }), 20_000);

/** Takes one action out of the role's policies; one statement has to allow it, and no other. */
function forbid(assembly: string, role: string, action: string): void {
  const [file = ''] = globSync('*.template.json', { cwd: assembly });
  const template = JSON.parse(readFileSync(join(assembly, file), 'utf8')) as { Resources: Record<string, Role> };
  const statements = Object.entries(template.Resources)
    .filter(([logicalId, { Type }]) => Type === 'AWS::IAM::Role' && logicalId.startsWith(role))
    .flatMap(([, { Properties }]) => Properties.Policies ?? [])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const allowing = statements.filter(({ Action }) => [Action].flat().includes(action));
  expect(allowing).toHaveLength(1);
  for (const statement of allowing) statement.Action = [statement.Action].flat().filter((one) => one !== action);
  writeFileSync(join(assembly, file), JSON.stringify(template));
}

const logOf = (functionName: string): string =>
  globSync(`logs/*${functionName}*.log`, { cwd: dataDir })
    .map((file) => readFileSync(join(dataDir, file), 'utf8'))
    .join('\n');

describe('functions whose roles miss a right', () => {
  beforeAll(async () => {
    const assembly = join(folder, 'assembly');
    cpSync(await ensureAssembly({ quiet: true }), assembly, { recursive: true });
    forbid(assembly, 'SafetyServeHttpRole', 'dynamodb:GetItem');
    forbid(assembly, 'BootstrapServeHttpRole', 'states:StartExecution');
    runtime = await startRuntime({ assembly, dataDir, port: 0 });
    token = await runtime.secret(runtime.outputs.OperatorTokenSecretName ?? '');
  });
  afterAll(async () => {
    await runtime?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    { what: 'reading a table', method: 'GET', path: '/control', logged: 'SafetyServeHttp', action: 'dynamodb:GetItem' },
    {
      what: 'starting a state machine',
      method: 'POST',
      path: '/bootstrap',
      logged: 'BootstrapServeHttp',
      action: 'states:StartExecution',
    },
  ])('$what is denied, and the log says which right is missing', async ({ method, path, logged, action }) => {
    const answer = await api.call(method, `/api/v1${path}`, method === 'POST' ? { body: {} } : {});
    expectProblem(answer, 500, 'internal');
    const log = await api.until(
      'the log tells why',
      async () => logOf(logged),
      (text) => text.includes('AccessDenied'),
    );
    expect(log).toContain(`is not authorized to perform: ${action}`);
  });

  it('functions with all their rights go on', async () => {
    expect((await api.call('GET', '/api/v1/agents')).status).toBe(200);
    expect((await api.call('GET', '/api/v1/objectives')).status).toBe(200);
    expect(await api.get('/bootstrap')).toMatchObject({ status: 'never' });
  });
});
