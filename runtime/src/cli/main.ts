#!/usr/bin/env node
import { Command } from 'commander';
import { versionOf } from './context.js';
import { addDetection } from './detect-command.js';
import { doctorCommand } from './doctor-command.js';
import { refuseMisplaced } from './flags.js';
import { runProgram } from './program.js';
import { rulesCommand } from './rules-command.js';
import { selftestCommand } from './selftest-command.js';
import { traceCommand } from './trace-command.js';

const program = addDetection(new Command('tracee'))
  .description('Detects suspicious behaviour on this host. Without a command it runs all rules.')
  .version(`Tracee version ${versionOf(process.env)}`, '-v, --version')
  .addCommand(traceCommand())
  .addCommand(rulesCommand())
  .addCommand(doctorCommand())
  .addCommand(selftestCommand())
  .enablePositionalOptions()
  .hook('preSubcommand', refuseMisplaced)
  .showSuggestionAfterError(true)
  .addHelpText(
    'after',
    `
Examples:
  sudo tracee                                  detect, on the whole host, until Ctrl-C
  sudo tracee -- ./program                     detect, in one program and its children
  sudo tracee trace --trace event=execve       print every execve
  sudo tracee --rules-dir /etc/tracee/rules    with rules of your own
  tracee rules check /etc/tracee/rules         what is wrong with them
  tracee --list                                the rules

Environment: TRACEE_BPF_FILE (object or directory), TRACEE_BPF_PUBKEY (require signatures), TRACEE_INSTALL_PATH,
TRACEE_TRUST_UID, TRACEE_WEBHOOK_CONFIG (file of integrations), TRACEE_WEBHOOK_EXE (falcosidekick), NO_COLOR
Status: 0 done, 1 failed, 2 bad usage, 3 no usable object, 4 missing privileges, 5 kernel not supported`,
  );

await runProgram(program);
