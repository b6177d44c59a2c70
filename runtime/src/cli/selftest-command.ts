import { Command } from 'commander';
import { collect } from './flags.js';
import type { SelftestFlags } from './selftest-action.js';

/** `tracee selftest`: attacks this machine harmlessly, and says which of it was detected. */
export function selftestCommand(): Command {
  return new Command('selftest')
    .description('perform harmless attacks, watch only them, and say which were detected')
    .option('--rules <rules>', 'only what these rules must see, by id or name (all)', collect)
    .option('--json', 'print the results as JSON')
    .action(async (flags: SelftestFlags) => {
      // Loaded when it is wanted: who only detects does not wait for it.
      const { selftest } = await import('./selftest-action.js');
      await selftest(flags);
    });
}
