// The entry of the `lazyark` command: gives the command tree the real surroundings and ends with its exit code.
import { runCommandLine } from './cli/program.ts';
import { processTerminal } from './cli/terminal.ts';

const surroundings = { terminal: processTerminal(process.env), env: process.env };
process.exitCode = await runCommandLine(process.argv.slice(2), surroundings);
