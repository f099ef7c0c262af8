// The console in a real browser: sign in, hand in an objective with a file, watch it, stop everything and go on.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ensureAssembly } from '../../bin/build.ts';
import { type Api, openApi } from '../../bin/cli/api.ts';
import { bootstrapSwarm } from '../../bin/cli/status-commands.ts';
import { verifyCertificate } from '../../functions/safety/certificate.ts';
import { type Runtime, startRuntime } from '../../local/main.ts';
import { task } from './plans.ts';

type Decision = { decisionId: string; proposed: { context: { objectiveId?: string } }[] };

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
  let api: Api;

  beforeAll(async () => {
    runtime = await startRuntime({
      assembly: await ensureAssembly({ quiet: true }),
      dataDir: join(folder, 'data'),
      port: 0,
    });
    const token = await runtime.secret(runtime.outputs.OperatorTokenSecretName ?? '');
    api = openApi({ endpoint: runtime.url, token });
    await bootstrapSwarm(api);
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

  /** Above $50 the panel and a person have to agree before it is done. */
  const dearObjective = async (): Promise<string> => {
    const plan = [{ ...task('dear', 'noop'), budgetUsd: 60 }];
    const { objectiveId } = await api.post<{ objectiveId: string }>('/objectives', {
      text: 'Something that costs',
      budgetUsd: 60,
      plan,
    });
    return objectiveId;
  };
  /** Goes by the list to the decision that this objective waits for. */
  const openDecision = async (objectiveId: string): Promise<void> => {
    const decisionId = await vi.waitFor(
      async () => {
        const { items } = await api.get<{ items: { decisionId: string }[] }>('/decisions', { status: 'open' });
        const found = await Promise.all(items.map((one) => api.get<Decision>(`/decisions/${one.decisionId}`)));
        const mine = found.find(({ proposed }) => proposed[0]?.context.objectiveId === objectiveId);
        if (!mine) throw new Error(`no decision on ${objectiveId} is open yet`);
        return mine.decisionId;
      },
      { timeout: 60_000, interval: 250 },
    );
    await page.locator(`a[href="/decisions/${decisionId}"]`).click();
  };
  /** Holds the key down until the page shows what came of it. */
  const holdUntil = async (button: Locator, outcome: Locator): Promise<void> => {
    await button.focus();
    await page.keyboard.down('Enter');
    await outcome.waitFor();
    await page.keyboard.up('Enter');
  };

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

  it('loads at most 250 KB of compressed scripts for the page with the graph and the report', async () => {
    const { items } = await api.get<{ items: { objectiveId: string }[] }>('/objectives');
    await page.goto(`${runtime.url}/objectives/${items[0]?.objectiveId}`);
    await page.getByRole('heading', { name: 'Net promoter score', exact: true }).waitFor();
    const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    const scripts = loaded.filter((name) => name.endsWith('.js'));
    const sizes = await Promise.all(
      scripts.map(async (url) => gzipSync(await (await fetch(url)).bytes(), { level: 9 }).length),
    );
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    expect(scripts.length).toBeGreaterThan(2);
    expect(bytes).toBeLessThanOrEqual(250_000);
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

  it('stops one agent, shows live how it is contained, hands out the certificate, and keeps the kill as a page', async () => {
    await page.getByRole('button', { name: /^Kill: hold one second/ }).click();
    const dialog = page.locator('dialog.kill-dialog');
    await dialog.locator('.segments label', { hasText: 'Agent' }).click();
    await dialog.getByRole('combobox', { name: 'Agent' }).fill('agt_writer');
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('it writes too much');
    await holdUntil(
      dialog.getByRole('button', { name: 'Hold one second to stop the agent agt_writer' }),
      dialog.getByRole('heading', { name: 'The agent agt_writer is stopped' }),
    );
    await dialog.getByText('Contained', { exact: true }).waitFor();
    const points = dialog.getByRole('list', { name: 'Enforcement points' }).getByRole('listitem');
    expect(await points.allInnerTexts()).toEqual([
      expect.stringMatching(/refuses new effects[\s\S]*Confirmed after/),
      expect.stringMatching(/taken back[\s\S]*Confirmed after/),
      expect.stringMatching(/start nothing[\s\S]*Confirmed after/),
    ]);
    const saved = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Download certificate' }).click();
    const certificate: unknown = JSON.parse(readFileSync(await (await saved).path(), 'utf8'));
    expect(certificate).toMatchObject({ certificate: { scope: 'agent:agt_writer', reason: 'it writes too much' } });
    expect(verifyCertificate(certificate)).toEqual({ valid: true, faults: [] });
    await dialog.getByRole('link', { name: 'This kill as a page' }).click();
    await page.getByRole('heading', { name: 'Kill of the agent agt_writer' }).waitFor();
    await page.getByText('Stopped in part.').waitFor();
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByRole('button', { name: 'Show and resume' }).click();
    await page.getByLabel('Why it is safe to go on').fill('it was told');
    await page.getByRole('button', { name: 'Resume the agent agt_writer' }).click();
    await page.getByText('Contained, resumed').waitFor();
  });

  it('puts a decision before the person who reads, takes the vote, and lets the captain veto', async () => {
    const [approved, vetoed] = await Promise.all([dearObjective(), dearObjective()]);
    await page.getByRole('link', { name: 'Decisions', exact: true }).click();
    await page.getByRole('button', { name: 'Waits for me' }).click();
    await openDecision(approved);
    await page.getByText('A person who may approve has to agree').waitFor();
    await page.getByLabel('Why, for everybody to read').fill('it pays for itself');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approved', { exact: true }).first().waitFor();
    await page.getByText('it pays for itself').first().waitFor();
    await page.goto(`${runtime.url}/decisions?waitingFor=me`);
    await openDecision(vetoed);
    await page.getByText('Captain’s veto').click();
    await page.getByLabel('Reason of the veto').fill('not on my watch');
    await holdUntil(
      page.getByRole('button', { name: 'Hold one second to veto' }),
      page.getByText('Vetoed', { exact: true }).first(),
    );
    await page.getByText('was denied before it began').waitFor();
  });

  it('shows the limits, and what was taken of them', async () => {
    await page.getByRole('link', { name: 'Limits', exact: true }).click();
    await page.getByRole('heading', { name: 'approved-spend-per-day' }).waitFor();
    await page.getByRole('heading', { name: 'swarm-calls-per-minute' }).waitFor();
  });

  it('shows an open notice on the overview until somebody acknowledges it', async () => {
    await api.post('/notices', { title: 'The drill begins', body: 'Nothing is wrong.', severity: 'warning' });
    await page.goto(runtime.url);
    await page.getByRole('button', { name: 'Acknowledge The drill begins' }).click();
    await page.getByRole('button', { name: 'Acknowledge The drill begins' }).waitFor({ state: 'detached' });
  });

  it('shows stages, lets somebody in with a token shown once, keeps them out again, and takes a snapshot', async () => {
    await page.goto(`${runtime.url}/stages`);
    await page.getByText('Every agent behaves as always').waitFor();
    await page.goto(`${runtime.url}/settings?part=people`);
    await page.getByRole('button', { name: 'Let somebody in' }).click();
    await page.getByLabel('Who').fill('Ada');
    await page.getByRole('button', { name: 'Create the token' }).click();
    const token = (await page.locator('.token').textContent()) ?? '';
    const came = await fetch(`${runtime.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(await came.json()).toMatchObject({ roles: ['viewer'] });
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('button', { name: 'Revoke Ada' }).click();
    await page.getByLabel('Reason, for the audit trail').fill('the drill is over');
    await holdUntil(page.getByRole('button', { name: /^Hold one second/ }), page.getByText('Revoked', { exact: true }));
    for (const part of ['Undo drills', 'Credentials', 'Policies', 'Snapshots']) {
      await page.getByRole('button', { name: part, exact: true }).click();
      await page
        .getByRole('heading', { name: part === 'Policies' ? 'Policies in force' : part, exact: true })
        .waitFor();
    }
    await page.getByRole('button', { name: 'Take one now' }).click();
    await page.getByLabel('Reason, for the audit trail').fill('before the drill');
    await page.getByRole('button', { name: 'Take it' }).click();
    await page.getByText('Complete', { exact: true }).first().waitFor();
    expect(await page.locator('.problem').count()).toBe(0);
  });

  it('keeps the kill button in sight on a narrow screen, however long the mode is', async () => {
    await page.route('**/api/v1/status', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), mode: 'not_bootstrapped' } });
    });
    await page.setViewportSize({ width: 360, height: 700 });
    await page.goto(runtime.url);
    await page.locator('.top-bar .state', { hasText: 'Not bootstrapped' }).waitFor();
    const kill = await page.getByRole('button', { name: /^Kill: hold one second/ }).boundingBox();
    expect(kill && kill.x + kill.width).toBeLessThanOrEqual(360);
    await page.unroute('**/api/v1/status');
    await page.setViewportSize({ width: 1440, height: 900 });
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
