#!/usr/bin/env node
import { Command, Option } from 'commander';
import { Engine } from '../detection/engine.js';
import type { Losses } from '../detection/loss-window.js';
import type { Finding } from '../detection/rule.js';
import { TraceeError } from '../errors.js';
import { byEveryWay } from '../replay/every-way.js';
import { versionOf } from './context.js';
import { addDeliveryFlags, type DeliveryFlags } from './delivery-flags.js';
import { FindingDelivery } from './finding-delivery.js';
import { formatOf, makeGate } from './finding-gate.js';
import { repeat } from './flags.js';
import { parseInput } from './input.js';
import { runProgram } from './program.js';
import { replay, type ReplayCounts } from './replay.js';
import { retire } from './reload.js';
import { print, say, warn } from './report.js';
import { addRuleFlags, type RuleFlags } from './rule-flags.js';
import { listRules } from './rule-list.js';
import { describeRules, RuleSet } from './rule-set.js';
import { withTwoDashes } from './two-dashes.js';

interface Flags extends RuleFlags, DeliveryFlags {
  list?: true;
  listEvents?: true;
  inputTracee?: string[];
  outputTemplate?: string;
}

/** Options of the original that are not here, and what is. */
const replaced: Readonly<Record<string, string>> = {
  '--rego-partial-eval': 'rules are YAML with CEL, or ES modules; see docs/rules.md',
  '--rego-runtime-target <target>': 'rules are YAML with CEL, or ES modules; see docs/rules.md',
  '--rego-enable-parsed-events': 'conditions have names of values in `named`; see docs/rules.md',
  '--rego-aio': 'rules are YAML with CEL, or ES modules; see docs/rules.md',
  '--pprof': "profile with node's own: node --cpu-prof",
  '--pprof-addr <address>': "profile with node's own: node --cpu-prof",
};

const program = new Command('tracee-rules')
  .description('Runs the rules over recorded events, without a kernel: lines of JSON in, findings out.')
  .version(`Tracee version ${versionOf(process.env)}`, '-v, --version')
  .option('--input-tracee <option>', 'file:PATH or file:stdin (stdin), format:json; may be repeated', repeat);

addDeliveryFlags(addRuleFlags(program))
  .option('--output-template <file>', 'short for --output template=FILE')
  .option('--json', 'short for --output json')
  .option('--list', 'list the rules and end')
  .option('--list-events', 'list the events that the rules look at, with commas between, and end')
  .showSuggestionAfterError(true)
  .addHelpText(
    'after',
    `
Examples:
  sudo tracee trace --explain --output json -- ./program | tracee-rules
  tracee-rules --input-tracee file:log.json --rules-dir ./rules

Status: 0 the input was read to its end, 1 a line of it was no event or its last was cut off, 2 bad usage`,
  )
  .action(run);

for (const flags of Object.keys(replaced)) program.addOption(new Option(flags).hideHelp());

async function run(given: Flags): Promise<void> {
  refuseReplaced();
  const { outputTemplate } = given;
  const flags = outputTemplate === undefined ? given : { ...given, output: { template: outputTemplate } };
  const input = parseInput(flags.inputTracee ?? []);
  const counts: ReplayCounts = {
    lines: 0,
    events: 0,
    unknown: new Map(),
    unexplained: 0,
    refused: 0,
    firstTime: undefined,
  };
  const isForShow = flags.list === true || flags.listEvents === true;
  const integrations = flags.integrations && !isForShow;
  await using delivery = new FindingDelivery({ ...flags, integrations }, process.env, false);
  const gate = makeGate(
    flags,
    (finding) => lossesAt(finding, counts),
    (report) => {
      delivery.take(report);
    },
  );
  let findings = 0;
  const set = await RuleSet.load({
    names: flags.rules ?? [],
    directories: flags.rulesDir ?? [],
    env: process.env,
    makeEngine: (rules, isExcused) =>
      new Engine({
        rules: rules.map(byEveryWay),
        withSignals: flags.signals === true,
        onFinding: (finding) => {
          if (isExcused(finding)) return;
          findings += 1;
          gate.take(finding);
        },
        onRuleError: warn,
        onRuleSlow: warn,
      }),
    retire,
  });
  if (flags.list === true) {
    listRules(set.rules, formatOf(flags) === 'json');
    return;
  }
  if (flags.listEvents === true) {
    print(set.engine.candidates.map(({ name }) => name).join(','));
    return;
  }
  if (flags.rulesDir !== undefined) process.on('SIGHUP', () => void set.reload());
  delivery.start();
  say(`replaying (${describeRules(set.rules)}) from ${input}`);
  await replay({
    ...{ input, counts, catchUp: () => delivery.catchUp() },
    onEvent: (event) => set.engine.handle(event),
  });
  await retire(set.engine);
  gate.finish();
  await delivery.end();
  say(describeCounts(counts, findings, set.excused));
  if (counts.unexplained > 0) say(describeUnexplained(counts));
  if (counts.refused > 0) process.exitCode = 1;
}

/** What could not be read is lost to the rules; what the recording itself lacks, nobody knows here. */
function lossesAt({ event }: Finding, { refused, firstTime }: ReplayCounts): Losses {
  const lost = BigInt(refused);
  const windowSeconds = Math.max(0, Math.round((event.time - (firstTime ?? event.time)) / 1e9));
  return { inWindow: lost, windowSeconds, sinceStart: lost };
}

function refuseReplaced(): void {
  const met = program.options.find(
    (option) =>
      Object.hasOwn(replaced, option.flags) && program.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (met === undefined) return;
  throw new TraceeError('USAGE', `there is no ${met.long ?? met.flags}`, { hint: replaced[met.flags] ?? '' });
}

/** `1523 lines: 1520 events, 2 not known here (foo 2), 1 not understood; 3 findings, 1 held back by exceptions` */
function describeCounts(
  { lines, events, unknown, refused }: ReplayCounts,
  findings: number,
  excused: number,
): string {
  const unknowns = [...unknown].map(([name, count]) => `${name} ${count}`).join(', ');
  const sum = [...unknown.values()].reduce((total, count) => total + count, 0);
  const parts = [
    `${lines} lines: ${events} events`,
    ...(sum === 0 ? [] : [`${sum} not known here (${unknowns})`]),
    ...(refused === 0 ? [] : [`${refused} not understood`]),
  ];
  const held = excused === 0 ? '' : `, ${excused} held back by exceptions`;
  return `${parts.join(', ')}; ${findings} findings${held}`;
}

function describeUnexplained({ unexplained }: ReplayCounts): string {
  return `${unexplained} events tell no program file, so that rules excuse no program of the system; record with tracee trace --explain`;
}

process.argv.splice(2, Infinity, ...withTwoDashes(program, process.argv.slice(2)));
await runProgram(program);
