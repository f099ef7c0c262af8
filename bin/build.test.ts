import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resourcesOf, synthesize } from '../test/builders/template.ts';
import { hashOfInputs } from './build.ts';
import { bundleFunctions, ROOT } from './bundle.ts';
import { checkWorkflows } from './check-workflows.ts';

const folder = mkdtempSync(join(tmpdir(), 'lazyark-build-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the bundle', () => {
  it('has a module where the template expects each function, and shares what they have in common', async () => {
    const outDir = join(folder, 'functions');
    await bundleFunctions(outDir);
    const handlers = resourcesOf(synthesize(), 'AWS::Lambda::Function').map(([, fn]) => String(fn.Properties.Handler));
    for (const handler of handlers) {
      const file = join(outDir, handler.replace(/\.handler$/, '.mjs'));
      expect(existsSync(file), file).toBe(true);
      expect(readFileSync(file, 'utf8')).toMatch(/export\{.*\bhandler\b.*\}/);
    }
    expect(globSync('chunks/*.mjs', { cwd: outDir }).length).toBeGreaterThan(0);
  });

  it('is made of every handler in functions/', () => {
    const bundled = globSync('{*,*/*}.mjs', { cwd: join(folder, 'functions') }).filter(
      (file) => !file.startsWith('chunks'),
    );
    expect(bundled).toHaveLength(globSync('functions/*/*.{handler,worker}.ts', { cwd: ROOT }).length);
  });
});

describe('a workflow', () => {
  it('that is not in the States language ends the build with its file and what is wrong', () => {
    const root = join(folder, 'workflows');
    const states = { A: { Type: 'Task', Resource: '$'.concat('{AskArn}'), ResultPath: 'here', End: true } };
    mkdirSync(join(root, 'statemachines/room'), { recursive: true });
    writeFileSync(join(root, 'statemachines/room/ask.asl.json'), JSON.stringify({ StartAt: 'A', States: states }));
    expect(() => checkWorkflows(root)).toThrow(/^statemachines\/room\/ask.asl.json is wrong:[\s\S]*ResultPath/);
    expect(() => checkWorkflows()).not.toThrow();
  });
});

describe('the hash of what the assembly is made from', () => {
  const root = join(folder, 'project');
  const write = (file: string, text: string) => {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const changes = (file: string, text: string) => {
    const before = hashOfInputs(root);
    write(file, text);
    return hashOfInputs(root) !== before;
  };

  it.each([
    ...[
      'bin/lazyark.ts',
      'lib/config.ts',
      'functions/audit/env.ts',
      'statemachines/a/b.asl.json',
      'config/agents.yaml',
    ],
    ...['console/src/main.tsx', 'console/index.html', 'package-lock.json', 'cdk.json'],
  ])('changes with %s', (file) => {
    expect(changes(file, 'one')).toBe(true);
    expect(changes(file, 'two')).toBe(true);
    expect(changes(file, 'two')).toBe(false);
  });

  it.each(['lib/config.test.ts', 'local/main.ts', 'docs/runbook.md', 'test/builders/template.ts', 'bin/cli/main.ts'])(
    'does not change with %s',
    (file) => {
      expect(changes(file, 'one')).toBe(false);
    },
  );
});
