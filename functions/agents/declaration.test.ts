// The shipped agents are in order, and each kind of mistake in agents.yaml is answered with file, line and reason.
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Capabilities } from '../common/capability.ts';
import { InvalidConfig, parseConfig, readConfig } from '../common/config.ts';
import { agentDeclarations } from './declaration.ts';

const capabilityNames = readConfig('capabilities.yaml', Capabilities).map(({ name }) => name);
const Agents = agentDeclarations(capabilityNames);

it('the shipped agents are declared rightly, have their functions, and between them can do everything', () => {
  const agents = readConfig('agents.yaml', Agents);
  expect(agents.map(({ id }) => id)).toEqual([
    'agt_analyst',
    'agt_strategist',
    'agt_writer',
    'agt_toolsmith',
    'agt_noop',
    'agt_drill',
  ]);
  for (const agent of agents) expect(existsSync(new URL(`./${agent.function}.handler.ts`, import.meta.url))).toBe(true);
  expect(new Set(agents.flatMap(({ capabilities }) => capabilities))).toEqual(new Set(capabilityNames));
  expect(agents.find(({ id }) => id === 'agt_noop')!.concurrency).toBeUndefined();
});

const entry = (changes: string) => `
- id: agt_one
  title: One
  role: Does one thing.
  department: COO
  capabilities: [noop]
${changes}`;

it.each([
  {
    when: 'a builtin without function',
    text: entry('  transport: builtin'),
    says: /^agents\.yaml:2: \[0\]\.function: expected the function of a builtin/,
  },
  {
    when: 'a function for a webhook',
    text: entry('  transport: webhook\n  url: https://a.example/\n  function: run-noop'),
    says: /:9: \[0\]\.function: expected no function/,
  },
  {
    when: 'a webhook over plain http',
    text: entry('  transport: webhook\n  url: http://a.example/'),
    says: /:8: \[0\]\.url: expected an address that begins with https/,
  },
  {
    when: 'an unknown transport',
    text: entry('  transport: pigeon'),
    says: /:7: \[0\]\.transport: expected one of builtin, webhook, pull, got "pigeon"/,
  },
  {
    when: 'a misspelt field',
    text: entry('  transport: pull\n  concurency: 3'),
    says: /:8: \[0\]\.concurency: expected no field of this name/,
  },
  {
    when: 'no concurrency at all',
    text: entry('  transport: pull\n  concurrency: 0'),
    says: /:8: \[0\]\.concurrency: expected at least 1/,
  },
  {
    when: 'an odd permission',
    text: entry('  transport: pull\n  permissions: [everything]'),
    says: /:8: \[0\]\.permissions\[0\]: expected what:of/,
  },
  {
    when: 'an id twice',
    text: entry('  transport: pull') + entry('  transport: pull'),
    says: /:8: \[1\]\.id: expected an id used only once, got "agt_one"/,
  },
  {
    when: 'an unknown capability',
    text: entry('  transport: pull').replace('noop', 'nop'),
    says: /:6: \[0\]\.capabilities\[0\]: expected a capability of capabilities.yaml.*got "nop"/,
  },
  { when: 'broken YAML', text: '- id: [agt_one\n  title: x', says: /^agents\.yaml:2: expected YAML/ },
  { when: 'nothing', text: '', says: /^agents\.yaml:1: expected array, got null/ },
])('$when is refused', ({ text, says }) => {
  const read = () => parseConfig('agents.yaml', text, Agents);
  expect(read).toThrow(InvalidConfig);
  expect(read).toThrow(says);
});
