import type { Command } from 'commander';
import { Engine } from '../detection/engine.js';
import { TraceeError } from '../errors.js';
import type { TracedEvent } from '../events/record.js';
import { escapeText } from '../output/escape.js';
import { eventToJson } from '../output/event-json.js';
import { planToJson, planToText } from '../output/plan.js';
import { Recorder } from '../output/recorder.js';
import { parseRecorded, parseScope } from '../tracing/selection.js';
import { addDeliveryFlags, type DeliveryFlags } from './delivery-flags.js';
import { DetectionSession } from './detection-session.js';
import { FindingDelivery } from './finding-delivery.js';
import { formatOf } from './finding-gate.js';
import { addCommonFlags, repeat, type CommonFlags } from './flags.js';
import { listCoverage } from './list-rules.js';
import { chooseArmed, reload, retire, type Armed } from './reload.js';
import { describeBlindness, say, warn } from './report.js';
import { NamedLine } from './named-line.js';
import { choiceOf } from './rule-choice.js';
import { addRuleFlags, type RuleFlags } from './rule-flags.js';
import { listRules } from './rule-list.js';
import { describeRules, RuleSet } from './rule-set.js';
import { run } from './run.js';
import { testIntegrations } from './test-integrations.js';

interface DetectFlags extends CommonFlags, RuleFlags, DeliveryFlags {
  json?: true;
  list?: true;
  verbose?: true;
  scope?: string[];
  trace?: string[];
  record?: string;
  testIntegrations?: true;
}

/** Adds what detecting needs to the main command: it is what `tracee` does by itself. */
export function addDetection(command: Command): Command {
  command
    .argument('[command...]', 'run this command and watch only it and its children; put -- before it')
    .option('--list', 'list the rules and end (needs no privileges)')
    .option('--verbose', 'with --list: on what each rule runs on this kernel, and what it cannot see');
  addRuleFlags(command)
    .option('--scope <expression>', 'watch only pid=N[,N] or tree=N[,N] (everything)', repeat)
    .option('--record <file>', 'also write traced events to this file, a line of JSON each')
    .option(
      '--trace <expression>',
      'what --record traces: event=NAME[,NAME] or set=NAME (set=default)',
      repeat,
    );
  addDeliveryFlags(command).option(
    '--test-integrations',
    'send one finding to every output and webhook, say what came of it, and end (needs no privileges)',
  );
  return addCommonFlags(command).action(detect);
}

async function detect(command: string[], flags: DetectFlags): Promise<void> {
  refuseUseless(flags);
  if (flags.testIntegrations === true) {
    await testIntegrations(flags, process.env);
    return;
  }
  const isJson = formatOf(flags) === 'json';
  const isForShow = flags.list === true || flags.plan === true;
  const integrations = flags.integrations && !isForShow;
  await using delivery = new FindingDelivery({ ...flags, integrations }, process.env, true);
  const session = new DetectionSession(flags, (report) => {
    delivery.take(report);
  });
  let armed: Armed | undefined;
  const set = await RuleSet.load({
    names: flags.rules ?? [],
    directories: flags.rulesDir ?? [],
    env: process.env,
    makeEngine: (rules, isExcused) => {
      const engine = new Engine({
        rules,
        withSignals: flags.signals === true,
        onFinding: (finding) => {
          if (!isExcused(finding)) session.take(finding);
        },
        onRuleError: warn,
        onRuleSlow: warn,
      });
      if (armed !== undefined) chooseArmed(engine, armed);
      return engine;
    },
    retire,
  });
  if (flags.list === true) {
    if (flags.verbose === true) await listCoverage(set.rules, flags, isJson);
    else listRules(set.rules, isJson);
    return;
  }
  const recorded = flags.record === undefined ? [] : parseRecorded(flags.trace ?? []);
  using recorder = flags.record === undefined ? undefined : new Recorder(flags.record);
  const named = new NamedLine(
    (event: TracedEvent) => event,
    (event) => recorder?.write(eventToJson(event)),
  );
  if (flags.rulesDir !== undefined) {
    process.on('SIGHUP', () => void reload(set, armed));
  }
  // Before anything is traced: looking through what waits since an earlier start takes a second where that is much.
  if (flags.plan !== true) delivery.start();
  await run({
    ...flags,
    choice: choiceOf(set.engine, recorded),
    scope: parseScope(flags.scope ?? []),
    command,
    show: flags.plan === true ? (isJson ? planToJson : planToText) : undefined,
    doing: `detecting (${describeRules(set.rules)})`,
    onStart: (tracer) => {
      armed = set.engine.wanted;
      for (const line of describeBlindness(set.engine.coverage)) say(escapeText(line));
      session.begin(tracer);
      named.begin(tracer);
    },
    onEvent: (event) => named.take(event),
    onDetection: (event) => set.engine.handle(event),
    onEnd: async () => {
      named.end();
      await retire(set.engine);
      session.end();
      await delivery.end();
      if (set.excused > 0) say(`${set.excused} findings held back by exceptions`);
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
