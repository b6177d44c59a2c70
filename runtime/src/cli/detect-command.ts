import { type Command, Option } from 'commander';
import { Engine } from '../detection/engine.js';
import { TraceeError } from '../errors.js';
import { escapeText } from '../output/escape.js';
import { eventToJson } from '../output/json.js';
import { planToJson, planToText } from '../output/plan.js';
import { Recorder } from '../output/recorder.js';
import { selectRules } from '../signatures/index.js';
import { parseRecorded, parseScope } from '../tracing/selection.js';
import { DetectionSession, type SessionOptions } from './detection-session.js';
import { parseDedupWindow, parseFormat, parseRateLimit } from './finding-output.js';
import { addCommonFlags, collect, repeat, type CommonFlags } from './flags.js';
import { listCoverage, listRules } from './list-rules.js';
import { describeBlindness, describeHealth, say, warn } from './report.js';
import { choiceOf } from './rule-choice.js';
import { run } from './run.js';

interface DetectFlags extends CommonFlags, SessionOptions {
  list?: true;
  verbose?: true;
  rules?: string[];
  signals?: true;
  scope?: string[];
  trace?: string[];
  record?: string;
}

/** Adds what detecting needs to the main command: it is what `tracee` does by itself. */
export function addDetection(command: Command): Command {
  return addCommonFlags(
    command
      .argument('[command...]', 'run this command and watch only it and its children; put -- before it')
      .option('--list', 'list the rules and end (needs no privileges)')
      .option('--verbose', 'with --list: on what each rule runs on this kernel, and what it cannot see')
      .option('--rules <rules>', 'rules to run, by id or name; may be repeated or hold commas (all)', collect)
      .option('--signals', 'tell also what is too weak to be told alone, as informational')
      .addOption(
        new Option('--output <format>', 'how findings are printed: text, json or template=FILE')
          .argParser(parseFormat)
          .default('text'),
      )
      .addOption(
        new Option(
          '--dedup-window <seconds>',
          'tell the same finding once in so long, then how often; 0: each',
        )
          .argParser(parseDedupWindow)
          .default(60),
      )
      .addOption(
        new Option('--rate-limit <limit>', 'most findings told of one rule: N/s, N/m, N/h or off')
          .argParser(parseRateLimit)
          .default(parseRateLimit('60/m'), '60/m'),
      )
      .option('--scope <expression>', 'watch only pid=N[,N] or tree=N[,N] (everything)', repeat)
      .option('--record <file>', 'also write traced events to this file, a line of JSON each')
      .option(
        '--trace <expression>',
        'what --record traces: event=NAME[,NAME] or set=NAME (set=default)',
        repeat,
      ),
  ).action(detect);
}

async function detect(command: string[], flags: DetectFlags): Promise<void> {
  const rules = selectRules(flags.rules ?? []);
  const isJson = flags.json === true || flags.output === 'json';
  refuseUseless(flags);
  if (flags.list === true) {
    if (flags.verbose === true) await listCoverage(rules, flags, isJson);
    else listRules(rules, isJson);
    return;
  }
  const session = new DetectionSession({ ...flags, ...(isJson ? { output: 'json' } : {}) });
  const engine = new Engine({
    rules,
    withSignals: flags.signals === true,
    onFinding: (finding) => session.gate.take(finding),
    onRuleError: warn,
    onRuleSlow: warn,
  });
  const recorded = flags.record === undefined ? [] : parseRecorded(flags.trace ?? []);
  using recorder = flags.record === undefined ? undefined : new Recorder(flags.record);
  await run({
    ...flags,
    choice: choiceOf(engine, recorded),
    scope: parseScope(flags.scope ?? []),
    command,
    show: flags.plan === true ? (isJson ? planToJson : planToText) : undefined,
    doing: `detecting (${rules.map((rule) => rule.metadata.id).join(', ')})`,
    onStart: (tracer) => {
      for (const line of describeBlindness(engine.coverage)) say(escapeText(line));
      session.begin(tracer);
    },
    onEvent: (event) => recorder?.write(eventToJson(event)),
    onDetection: (event) => engine.handle(event),
    onEnd: async () => {
      await engine.finish();
      session.end();
      for (const line of describeHealth(engine.health)) say(escapeText(line));
    },
  });
}

/** Options that would be dropped without a word. */
function refuseUseless({ trace, record, verbose, list }: DetectFlags): void {
  if (trace !== undefined && record === undefined) {
    throw new TraceeError('USAGE', '--trace says what to record, but --record names no file', {
      hint: 'add --record FILE, or print events with tracee trace --trace EXPRESSION',
    });
  }
  if (verbose === true && list !== true) {
    throw new TraceeError('USAGE', '--verbose says how to list, but --list is not there', {
      hint: 'tracee --list --verbose',
    });
  }
}
