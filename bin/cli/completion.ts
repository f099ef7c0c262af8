// lazyark completion …: scripts for bash, zsh and fish, made from the command tree, so that they never lag behind it.
import { Argument, type Command } from 'commander';
import { line, type Terminal } from './terminal.ts';

/** A place in the command tree: the words that lead there and what may follow. */
export type CompletionNode = { path: string; subcommands: { name: string; description: string }[]; options: string[] };

export function addCompletionCommand(program: Command, { stdout }: Terminal): void {
  program
    .command('completion')
    .description('print a completion script; bash and zsh: source <(lazyark completion bash)')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action((shell: 'bash' | 'zsh' | 'fish') => line(stdout, completionScript(shell, completionNodes(program))));
}

/** Every place of the tree, the program itself as path ''. */
export function completionNodes(command: Command, path = ''): CompletionNode[] {
  const subcommands = command.commands.map((sub) => ({ name: sub.name(), description: sub.description() }));
  const options = command.options.flatMap((option) => (option.long ? [option.long] : []));
  const below = command.commands.flatMap((sub) => completionNodes(sub, `${path} ${sub.name()}`.trim()));
  return [{ path, subcommands, options: [...options, '--help'] }, ...below];
}

export function completionScript(shell: 'bash' | 'zsh' | 'fish', nodes: readonly CompletionNode[]): string {
  return shell === 'fish' ? fishScript(nodes) : bashScript(nodes, shell);
}

// zsh runs the bash script through its own compatibility layer.
function bashScript(nodes: readonly CompletionNode[], shell: 'bash' | 'zsh'): string {
  const places = nodes.map(({ path }) => path).filter(Boolean);
  const cases = nodes.map(({ path, subcommands, options }) => {
    const words = [...subcommands.map(({ name }) => name), ...options].join(' ');
    return `    '${path}') words='${words}' ;;`;
  });
  return `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_lazyark() {
  local places='| ${places.join(' | ')} |' current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$places" in
      *"| \${path:+$path }$word |"*) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _lazyark lazyark`;
}

function fishScript(nodes: readonly CompletionNode[]): string {
  return nodes
    .flatMap(({ path, subcommands, options }) => {
      const words = path.split(' ').filter(Boolean);
      const seen = words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
      const here = words.length === 0 ? '__fish_use_subcommand' : seen;
      const names = subcommands.map(({ name }) => name).join(' ');
      const open = names && words.length > 0 ? `${here}; and not __fish_seen_subcommand_from ${names}` : here;
      return [
        ...subcommands.map(
          ({ name, description }) => `complete -c lazyark -n '${open}' -f -a ${name} -d '${quoted(description)}'`,
        ),
        ...options.map((option) => `complete -c lazyark -n '${here}' -l ${option.slice(2)}`),
      ];
    })
    .join('\n');
}

const quoted = (text: string): string => text.replaceAll("'", "\\'");
