import { readFileSync } from 'node:fs';
import { release as runningRelease } from 'node:os';
import { Command } from 'commander';
import { TraceeError } from 'tracee/errors';
import { collect, type Collection } from '../store/collect.js';
import { codeOf } from '../store/failure.js';
import { printJson, printLines, say } from './report.js';

interface GcFlags {
  keepDays?: string;
  keep?: string;
  kernels?: string;
  dryRun?: true;
  json?: true;
}

/** `gc [DIR]`: removes objects that nothing says to keep. */
export function gcCommand(): Command {
  return new Command('gc')
    .description('remove objects that no rule keeps; what is no object of this project stays')
    .argument('[directory]', 'where build and ensure put them', 'dist')
    .option('--keep-days <days>', 'keep objects that were written in the last so many days')
    .option('--keep <count>', 'keep so many of the newest objects of each kernel')
    .option('--kernels <file>', 'keep the objects of the kernel releases in this file, one a line (-: stdin)')
    .option('--dry-run', 'only tell what would be removed')
    .option('--json', 'print what was removed, kept and left as JSON')
    .action(async (directory: string, flags: GcFlags) => {
      const rules = {
        days: count('--keep-days', flags.keepDays),
        newest: count('--keep', flags.keep),
        kernels: flags.kernels === undefined ? undefined : readReleases(flags.kernels),
        runningKernel: runningRelease(),
      };
      if (rules.days === undefined && rules.newest === undefined && rules.kernels === undefined) {
        throw new TraceeError('USAGE', 'gc was not told what to keep', {
          hint: `for example tracee-builder gc ${directory} --keep 2 --keep-days 30 --dry-run`,
        });
      }
      const isDryRun = flags.dryRun === true;
      const collection = await collect(directory, rules, { now: Date.now(), isDryRun });
      if (flags.json === true) printJson(collection);
      else tell(collection, isDryRun);
    });
}

function tell({ removed, kept, left }: Collection, isDryRun: boolean): void {
  if (removed.length > 0)
    printLines(removed.map((path) => `${isDryRun ? 'would remove' : 'removed'} ${path}`));
  for (const { path, reason } of left) say(`left ${path}: ${reason}`);
  say(`${removed.length} files ${isDryRun ? 'would be removed' : 'removed'}, ${kept.length} objects kept`);
}

/** `7` -> 7 */
function count(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new TraceeError('USAGE', `${option} ${text} is not a whole number`, {
    hint: `for example ${option} 7`,
  });
}

/** A list that came out empty would remove everything: more likely the command that made it failed. */
function readReleases(file: string): Set<string> {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new TraceeError('USAGE', `--kernels ${file} cannot be read: ${codeOf(cause)}`, {
      hint: 'name a file with one release a line, as uname -r prints it',
      cause,
    });
  }
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  const releases = new Set(lines.filter((line) => line !== ''));
  if (releases.size > 0) return releases;
  throw new TraceeError('USAGE', `--kernels ${file} names no kernel`, {
    hint: 'write one release a line, as uname -r prints it; leave the option out to keep by other rules',
  });
}
