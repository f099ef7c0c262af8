// Configuration files: what is right comes back parsed, what is wrong is named by file, line and expectation.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Capabilities } from './capability.ts';
import { InvalidConfig, parseConfig, readConfig, readConfigs } from './config.ts';

const Settings = z.strictObject({
  name: z.string().min(1),
  limits: z.array(z.strictObject({ most: z.int().max(9) })).default([]),
});
const text = `# settings
name: a
limits:
  - most: 1

  - most: 2
`;

it('gives back the parsed value, defaults included', () => {
  expect(parseConfig('s.yaml', text, Settings)).toEqual({ name: 'a', limits: [{ most: 1 }, { most: 2 }] });
  expect(parseConfig('s.json', '{"name": "b"}', Settings)).toEqual({ name: 'b', limits: [] });
});

describe('names file, line, path and expectation of', () => {
  it.each([
    {
      fault: 'a wrong value',
      text: text.replace('2', '12'),
      says: 's.yaml:6: limits[1].most: expected at most 9, got 12',
    },
    { fault: 'a wrong type', text: text.replace('name: a', 'name: 5'), says: 's.yaml:2: name: expected string, got 5' },
    {
      fault: 'a typo',
      text: text.replace('most: 2', 'mots: 2'),
      says: 's.yaml:6: limits[1].most: expected number, got nothing\ns.yaml:6: limits[1].mots: expected no field of this name, got "mots"',
    },
    { fault: 'a missing field', text: 'limits: []', says: 's.yaml:1: name: expected string, got nothing' },
    { fault: 'a key twice', text: 'name: a\nname: b', says: 's.yaml:2: expected YAML (Map keys must be unique)' },
    { fault: 'a tab', text: 'name: a\nlimits:\n\t- most: 1', says: /^s\.yaml:3: expected YAML \(/ },
    { fault: 'a bracket left open', text: 'name: [a', says: /^s\.yaml:1: expected YAML \(/ },
    { fault: 'a list', text: '- a', says: 's.yaml:1: expected object, got ["a"]' },
    {
      fault: 'a text of 100 characters',
      text: `name: a\nlimits: ${'x'.repeat(100)}`,
      says: `s.yaml:2: limits: expected array, got "${'x'.repeat(79)}…`,
    },
  ])('$fault', ({ text: wrong, says }) => {
    const read = () => parseConfig('s.yaml', wrong, Settings);
    expect(read).toThrow(InvalidConfig);
    if (typeof says === 'string') expect(read).toThrow(expect.objectContaining({ message: says }));
    else expect(read).toThrow(says);
  });

  it('an alias bomb', () => {
    const bomb = `a: &a [x, x]\n${[...'bcdefghij'].map((key, n) => `${key}: &${key} [${Array(9).fill(`*${'abcdefghij'[n]}`)}]`).join('\n')}`;
    expect(() => parseConfig('bomb.yaml', bomb, z.any())).toThrow(InvalidConfig);
  });
});

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'kinds'));
  writeFileSync(join(folder, 'kinds', 'b.yaml'), 'name: b');
  writeFileSync(join(folder, 'kinds', 'a.yml'), 'name: a');
  writeFileSync(join(folder, 'kinds', 'notes.txt'), 'no yaml');
  writeFileSync(join(folder, 'latin1.yaml'), Buffer.from('name: Müller', 'latin1'));

  it('of a folder are read by name, others left alone', () => {
    expect(readConfigs('kinds', Settings, folder).map(({ name }) => name)).toEqual(['a', 'b']);
  });
  it('that are missing or not UTF-8 are refused', () => {
    expect(() => readConfig('gone.yaml', Settings, folder)).toThrow('gone.yaml:1: expected a file that exists');
    expect(() => readConfig('latin1.yaml', Settings, folder)).toThrow(
      'latin1.yaml:1: expected a readable file in UTF-8',
    );
  });
});

describe('capabilities.yaml', () => {
  const one = (changes = '') =>
    `- name: a.b\n  title: A\n  description: B\n  result: {}\n  parameters: { type: object }\n${changes}`;
  it('as shipped is in order', () => {
    expect(readConfig('capabilities.yaml', Capabilities).length).toBeGreaterThanOrEqual(11);
  });
  it.each([
    {
      fault: 'a name twice',
      text: one() + one(),
      says: /^c\.yaml:6: \[1\]\.name: expected a name used only once, got "a\.b"/,
    },
    {
      fault: 'an odd name',
      text: one().replace('a.b', 'A b'),
      says: /^c\.yaml:1: \[0\]\.name: expected a dotted name in lower case/,
    },
    {
      fault: 'no JSON Schema',
      text: one().replace('type: object', 'type: objekt'),
      says: /^c\.yaml:5: \[0\]\.parameters: expected a JSON Schema that can be checked \(Unsupported type: objekt\)/,
    },
    {
      fault: 'a rule that nobody checks',
      text: one().replace('type: object', 'if: {}'),
      says: /JSON Schema that can be checked \(Conditional/,
    },
  ])('with $fault is refused', ({ text: wrong, says }) => {
    expect(() => parseConfig('c.yaml', wrong, Capabilities)).toThrow(says);
  });
});
