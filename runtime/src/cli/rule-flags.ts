import { type Command, Option } from 'commander';
import type { GateFlags } from './finding-gate.js';
import { parseDedupWindow, parseFormat, parseRateLimit } from './finding-output.js';
import { collect, repeat } from './flags.js';

/** Flags of what runs rules: which, and how findings are told. */
export interface RuleFlags extends GateFlags {
  rules?: string[];
  rulesDir?: string[];
  signals?: true;
}

export function addRuleFlags(command: Command): Command {
  return command
    .option('--rules <rules>', 'rules to run, by id or name; may be repeated or hold commas (all)', collect)
    .option(
      '--rules-dir <directory>',
      'also run the rules in this directory; may be repeated; SIGHUP reads them again',
      repeat,
    )
    .option('--signals', 'tell also what is too weak to be told alone, as informational')
    .addOption(
      new Option('--output <format>', 'how findings are printed: text, json or template=FILE')
        .argParser(parseFormat)
        .default('text'),
    )
    .addOption(
      new Option('--dedup-window <seconds>', 'tell the same finding once in so long, then how often; 0: each')
        .argParser(parseDedupWindow)
        .default(60),
    )
    .addOption(
      new Option('--rate-limit <limit>', 'most findings told of one rule: N/s, N/m, N/h or off')
        .argParser(parseRateLimit)
        .default(parseRateLimit('60/m'), '60/m'),
    );
}
