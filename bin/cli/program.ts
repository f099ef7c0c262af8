// The command tree of `lazyark`, one line per noun.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { addAnomalyCommands } from './anomaly-commands.ts';
import { addAuditCommands } from './audit-commands.ts';
import { addCompletionCommand } from './completion.ts';
import { projectRoot } from './data-dir.ts';
import { addDecisionCommands } from './decision-commands.ts';
import { exitCodeOf, failureLines } from './failure.ts';
import { addKillCommands } from './kill-commands.ts';
import { addNoticeCommands } from './notice-commands.ts';
import { addObjectiveCommands } from './objective-commands.ts';
import { addLimitCommands, addPolicyCommands } from './policy-commands.ts';
import { addCredentialCommands, addPrincipalCommands } from './principal-commands.ts';
import { addPrivacyCommands } from './privacy-commands.ts';
import { addSafetyCommands } from './safety-commands.ts';
import type { Surroundings } from './session.ts';
import { addSnapshotCommands } from './snapshot-commands.ts';
import { addStageCommands } from './stage-commands.ts';
import { addStartCommand } from './start.ts';
import { addStatusCommands } from './status-commands.ts';
import { addAgentCommands, addTaskCommands } from './task-commands.ts';
import { line, paint } from './terminal.ts';

function buildProgram(surroundings: Surroundings): Command {
  const { stdout, stderr } = surroundings.terminal;
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  const program = new Command('lazyark')
    // A command may have work of its own and subcommands: what follows a subcommand's name is the subcommand's.
    .enablePositionalOptions()
    .description('A swarm of autonomous agents under governance. Works against npm start and AWS alike.')
    .version(version)
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .exitOverride()
    .showHelpAfterError('(--help shows how)');
  addStartCommand(program, surroundings);
  addObjectiveCommands(program, surroundings);
  addTaskCommands(program, surroundings);
  addAgentCommands(program, surroundings);
  addKillCommands(program, surroundings);
  addSafetyCommands(program, surroundings);
  addPolicyCommands(program, surroundings);
  addLimitCommands(program, surroundings);
  addSnapshotCommands(program, surroundings);
  addNoticeCommands(program, surroundings);
  addDecisionCommands(program, surroundings);
  addStageCommands(program, surroundings);
  addAnomalyCommands(program, surroundings);
  addAuditCommands(program, surroundings);
  addPrincipalCommands(program, surroundings);
  addCredentialCommands(program, surroundings);
  addPrivacyCommands(program, surroundings);
  addStatusCommands(program, surroundings);
  addCompletionCommand(program, surroundings.terminal);
  return program;
}

/** Runs one command line (`argv` without node and script). Resolves with the exit code; errors are said on stderr. */
export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stderr } = surroundings.terminal;
  try {
    await buildProgram(surroundings).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    for (const text of failureLines(error)) line(stderr, paint(stderr, 'red', text));
    return exitCodeOf(error);
  }
}
