// The console in a real browser: sign in, hand in an objective with a file, watch it, stop everything and go on.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureAssembly } from '../../bin/build.ts';
import { openApi } from '../../bin/cli/api.ts';
import { bootstrapSwarm } from '../../bin/cli/status-commands.ts';
import { type Runtime, startRuntime } from '../../local/main.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

if (!CHROMIUM) console.log('The console tests are skipped: there is no Chromium on this machine.');

describe.skipIf(!CHROMIUM)('the console', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'lazyark-console-'));
  const faults: string[] = [];
  let runtime: Runtime;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    runtime = await startRuntime({
      assembly: await ensureAssembly({ quiet: true }),
      dataDir: join(folder, 'data'),
      port: 0,
    });
    const token = await runtime.secret(runtime.outputs.OperatorTokenSecretName ?? '');
    await bootstrapSwarm(openApi({ endpoint: runtime.url, token }));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(60_000);
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('request', (request) => new URL(request.url()).hostname !== '127.0.0.1' && faults.push(request.url()));
    await page.goto(runtime.url);
    await page.getByLabel('Operator token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await runtime?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('hands in an objective with a file, shows its graph and its report', async () => {
    await page.getByRole('link', { name: 'Submit' }).first().click();
    await page
      .getByLabel(/what|text|objective/i)
      .first()
      .fill('Increase the net promoter score of our shop');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'feedback.csv', mimeType: 'text/csv', buffer: Buffer.from(feedback()) });
    await page.locator('form button[type=submit]').click();
    await page.getByText('Succeeded', { exact: true }).first().waitFor();
    await page.getByRole('heading', { name: 'Net promoter score', exact: true }).waitFor();
    expect(await page.locator('.react-flow__node').count()).toBeGreaterThan(3);
    expect(await page.getByText('agt_writer').count()).toBeGreaterThan(0);
  });

  it('uploads a file that is too large for the request', async () => {
    await page.goto(`${runtime.url}/objectives/new`);
    await page
      .getByLabel(/what|text|objective/i)
      .first()
      .fill('What do these answers say about our net promoter score?');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'large.csv', mimeType: 'text/csv', buffer: Buffer.from(feedback(4_000)) });
    await page.locator('form button[type=submit]').click();
    await page.getByText('Succeeded', { exact: true }).first().waitFor();
  });

  it('stops everything when KILL is typed, says so, and resumes with a reason', async () => {
    await page.getByRole('button', { name: /^Kill: hold one second/ }).click();
    await page.getByLabel(/Or type/).pressSequentially('KILL');
    await page.getByRole('heading', { name: 'Everything is stopped' }).waitFor();
    expect(
      (await runtime.tables.get(runtime.outputs.SafetyTableName ?? '', { pk: 'control#0', sk: 'flags' }))?.killed,
    ).toBe(true);
    await page.getByLabel('Why it is safe to go on').fill('the drill is over');
    await page.getByRole('button', { name: 'Resume all agents' }).click();
    await page.getByText('Active', { exact: true }).first().waitFor();
  });

  it('checks the proof of an entry in the browser, and says what fails when the answer was falsified', async () => {
    await page.goto(`${runtime.url}/audit`);
    await page.getByLabel('Search the audit trail').fill('the drill is over');
    await page.getByText('the drill is over').first().waitFor();
    await page.getByRole('button', { name: 'Seal now' }).click();
    await page.getByText(/^Sealed/).waitFor();
    await page.locator('.entry-link').first().click();
    await page.getByRole('button', { name: 'Check the proof' }).click();
    await page.getByText('The proof holds').waitFor();
    expect(await page.locator('.proof-steps .tone-green').count()).toBe(8);
    await page.route('**/audit/proof/*', async (route) => {
      const response = await route.fetch();
      const proof = await response.json();
      const statement = proof.root.statement.replace('"at":"20', '"at":"19');
      await route.fulfill({ response, json: { ...proof, root: { ...proof.root, statement } } });
    });
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText('The proof does not hold').waitFor();
    expect(await page.locator('.proof-steps .tone-red').textContent()).toContain('The signature does not fit');
    expect(await page.locator('.proof-steps .tone-green').count()).toBe(7);
    await page.unroute('**/audit/proof/*');
  });

  it('shows the audit trail, and made no request to another host and no error on the way', async () => {
    await page.getByRole('link', { name: 'Audit', exact: true }).first().click();
    await page.getByLabel('Search the audit trail').fill('the drill is over');
    await page.getByText('the drill is over').first().waitFor();
    expect(faults).toEqual([]);
  });
});

function feedback(rows = 40): string {
  const lines = Array.from(
    { length: rows },
    (_, n) => `${n % 11},"Answer ${n}: the delivery was ${n % 3 ? 'fine' : 'late again'}"`,
  );
  return ['score,comment', ...lines].join('\n');
}
