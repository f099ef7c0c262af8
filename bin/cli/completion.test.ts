import { execFileSync } from 'node:child_process';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { completionNodes, completionScript } from './completion.ts';

const program = new Command('lazyark');
const objective = program.command('objective').description("people's objectives");
objective.command('list').option('--limit <n>', 'how many');
objective.command('show <id>');
program.command('status').option('--json');
const nodes = completionNodes(program);

it('knows every place of the tree', () => {
  expect(nodes.map(({ path }) => path)).toEqual(['', 'objective', 'objective list', 'objective show', 'status']);
});

describe('bash', () => {
  const complete = (...words: string[]): string[] => {
    const script = `${completionScript('bash', nodes)}
COMP_WORDS=(lazyark ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_lazyark; echo "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script], { encoding: 'utf8', cwd: import.meta.dirname })
      .trim()
      .split(' ');
  };

  it.each([
    { words: ['obj'], offers: ['objective'] },
    { words: ['objective', ''], offers: ['list', 'show', '--help'] },
    { words: ['objective', 'list', '--l'], offers: ['--limit'] },
    { words: ['list', '--j'], offers: [''] },
    { words: ['status', '--'], offers: ['--json', '--help'] },
    { words: ['objective', 'show', 'completion.te'], offers: ['completion.test.ts'] },
  ])('offers $offers after $words', ({ words, offers }) => {
    expect(complete(...words)).toEqual(offers);
  });
});

it('fish and zsh get the same words', () => {
  expect(completionScript('zsh', nodes)).toContain('bashcompinit');
  expect(completionScript('fish', nodes).split('\n')).toContain(
    `complete -c lazyark -n '__fish_use_subcommand' -f -a objective -d 'people\\'s objectives'`,
  );
});
