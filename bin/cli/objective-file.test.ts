import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BadInput } from './failure.ts';
import { readObjectiveFile } from './objective-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'objective-file-'));
function aFile(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}
function refusal(file: string): BadInput {
  try {
    readObjectiveFile(file);
  } catch (error) {
    if (error instanceof BadInput) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('readObjectiveFile', () => {
  it('reads YAML and fills in what may be left out', () => {
    const { objective } = readObjectiveFile(aFile('a.yaml', 'text: Raise the score\nimpact: 8\nurgency: days\n'));
    expect(objective).toMatchObject({ text: 'Raise the score', impact: 8, urgency: 'days', budgetUsd: 0, inputs: [] });
  });

  it.each(['{"text": "x",\n\t"impact": 3}', '{\n  "impact": 3, "text": "x"\n}'])('reads JSON: %j', (json) => {
    expect(readObjectiveFile(aFile('a.json', json)).objective).toMatchObject({ text: 'x', impact: 3 });
  });

  it.each([
    { when: 'an open quote', content: 'text: "open\nimpact: 3\n', says: /:2:|:3:|:1:/ },
    { when: 'a key twice', content: 'text: a\nimpact: 3\nimpact: 4\n', says: /:3:1: .*unique/ },
    { when: 'broken JSON', content: '{"text": "a",\n "impact" 3}', says: /:2:/ },
    { when: 'two documents', content: 'text: a\n---\ntext: b\n', says: /:2:|:3:/ },
  ])('says file, line and column of bad syntax: $when', ({ content, says }) => {
    const { message, details } = refusal(aFile('syntax.yaml', content));
    expect(message).toContain('is not valid YAML or JSON');
    expect(details[0]).toMatch(says);
  });

  it.each([
    { content: 'text: a\nimpact: 11\n', line: 2, says: 'impact: expected at most 10, got 11' },
    { content: 'text: a\n\nimpakt: 3\n', line: 3, says: 'impakt: expected no field of this name' },
    { content: 'text: ""\n', line: 1, says: 'text: expected ' },
    {
      content: 'text: a\nplan:\n  - id: t1\n    title: T\n    capability: noop\n    dependsOn: t0\n',
      line: 6,
      says: 'plan[0].dependsOn: expected array',
    },
    { content: 'text: a\ninputs:\n  - { name: x }\n', line: 3, says: 'exactly one of file, content and artifactId' },
    {
      content: 'text: a\ninputs:\n  - { name: x, file: a.csv }\n  - { name: x, file: b.csv }\n',
      line: 4,
      says: 'a name used only once',
    },
    {
      content: 'text: a\nurgency: days\ndeadline: 2030-01-01T00:00:00Z\n',
      line: 3,
      says: 'either urgency or deadline',
    },
  ])('says the line of a wrong field: $says', ({ content, line, says }) => {
    const file = aFile('fields.yaml', content);
    expect(refusal(file).details).toEqual([expect.stringContaining(`${file}:${line}: `)]);
    expect(refusal(file).details[0]).toContain(says);
  });

  it.each([
    { when: 'empty', content: '', says: 'expected object' },
    { when: 'a list', content: '- a\n- b\n', says: 'expected object' },
    {
      when: 'an alias bomb',
      content: `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\ntext: [${'*c,'.repeat(9)}]\n`,
      says: 'alias',
    },
    { when: 'not UTF-8', content: Buffer.from([0x74, 0xff, 0xfe]), says: 'it is not UTF-8 text' },
    { when: 'over 1 MB', content: `text: ${'x'.repeat(1024 * 1024)}`, says: 'at most 1 MB' },
  ])('refuses a file that is $when', ({ content, says }) => {
    const { message, details } = refusal(aFile('whole.yaml', content));
    expect([message, ...details].join('\n')).toContain(says);
  });

  it('names a file that is not there, and a folder', () => {
    expect(refusal(join(folder, 'nix.yaml')).message).toContain('nix.yaml cannot be read: there is no such file');
    expect(refusal(folder).message).toContain('it is a folder');
  });

  it('finds the line of what the server refuses, or of what is nearest to it', () => {
    const file = aFile(
      'plan.yaml',
      'text: a\nplan:\n  - id: t1\n    title: T\n    capability: noop\n    dependsOn: [t9]\n',
    );
    const { faultLines } = readObjectiveFile(file);
    expect(faultLines([{ path: 'plan[0].dependsOn[0]', expected: 'the id of a task', got: '"t9"' }])).toEqual([
      `${file}:6: plan[0].dependsOn[0]: expected the id of a task, got "t9"`,
    ]);
    expect(faultLines([{ path: 'plan[0].timeoutSeconds', expected: 'less' }])[0]).toContain(`${file}:3: `);
    expect(faultLines([{ path: 'elsewhere', expected: 'nothing' }])[0]).toBe(`${file}: elsewhere: expected nothing`);
  });
});
