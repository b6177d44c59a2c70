import { type Command, Option } from 'commander';
import { TraceeError } from '../errors.js';
import { Engine } from '../detection/engine.js';
import { findingToText } from '../output/finding.js';
import type { EventDefinition } from '../events/types.js';
import { eventToJson, findingToJson } from '../output/json.js';
import { Recorder } from '../output/recorder.js';
import type { EventSelection } from '../tracing/kernel-config.js';
import { parseRecorded, parseScope } from '../tracing/selection.js';
import type { Tracer } from '../tracing/tracer.js';
import { addCommonFlags, collect, repeat, type CommonFlags } from './flags.js';
import { print, report, say } from './report.js';
import { listRules } from './rule-list.js';
import { describeRules, findGaps, RuleSet } from './rule-set.js';
import { run } from './run.js';

interface DetectFlags extends CommonFlags {
  list?: true;
  rules?: string[];
  rulesDir?: string[];
  output: 'text' | 'json';
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
      .option('--rules <rules>', 'rules to run, by id or name; may be repeated or hold commas (all)', collect)
      .option(
        '--rules-dir <directory>',
        'also run the rules in this directory; may be repeated; read again on SIGHUP',
        repeat,
      )
      .addOption(
        new Option('--output <format>', 'how findings are printed').choices(['text', 'json']).default('text'),
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
  const isJson = flags.json === true || flags.output === 'json';
  let lost = (): bigint => 0n;
  const isColoured = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  const set = await RuleSet.load({
    names: flags.rules ?? [],
    directories: flags.rulesDir ?? [],
    env: process.env,
    makeEngine: (rules, isExcused) =>
      new Engine({
        rules,
        onFinding: (finding) => {
          if (isExcused(finding)) return;
          print(isJson ? findingToJson(finding, lost()) : findingToText(finding, lost(), isColoured));
        },
        onRuleError: report,
      }),
  });
  if (flags.list === true) {
    print(isJson ? JSON.stringify(set.rules.map((rule) => rule.metadata)) : listRules(set.rules));
    return;
  }
  if (flags.trace !== undefined && flags.record === undefined) {
    throw new TraceeError('USAGE', '--trace says what to record, but --record names no file', {
      hint: 'add --record FILE, or print events with tracee trace --trace EXPRESSION',
    });
  }
  const recorded = flags.record === undefined ? [] : parseRecorded(flags.trace ?? []);
  using recorder = flags.record === undefined ? undefined : new Recorder(flags.record);
  if (flags.rulesDir !== undefined) reloadOnHangup(set);
  await run({
    ...flags,
    selections: selectionsOf(set.engine, recorded),
    scope: parseScope(flags.scope ?? []),
    command,
    plan: flags.plan === true,
    json: isJson,
    doing: `detecting (${describeRules(set.rules)})`,
    onEvent: (event) => recorder?.write(eventToJson(event)),
    onDetection: (event, tracer) => {
      lost = () => lostDetections(tracer);
      set.engine.handle(event);
    },
  });
  if (set.excused > 0) say(`${set.excused} findings held back by exceptions`);
}

/** Hooks stay as they are: what new rules need beyond them is told. */
function reloadOnHangup(set: RuleSet<Engine>): void {
  const { wanted } = set.engine;
  const reload = async (): Promise<void> => {
    const gaps = (await set.reload()) ? findGaps(wanted, set.engine.wanted) : [];
    for (const gap of gaps) say(`warning: ${gap}: start tracee again for rules that need it`);
  };
  process.on('SIGHUP', () => void reload());
}

/** What the rules want goes to the detections, what is recorded to the events. */
function selectionsOf(engine: Engine, recorded: readonly EventDefinition[]): EventSelection[] {
  const { wanted } = engine;
  return [...new Set([...wanted.keys(), ...recorded])].map((event) => ({
    event,
    isTraced: recorded.includes(event),
    isDetected: wanted.has(event),
    filter: wanted.get(event),
    wantsAncestry: wanted.has(event),
    wantsOnRequest: false,
  }));
}

function lostDetections(tracer: Tracer): bigint {
  return [...tracer.counts().values()].reduce((sum, { detections }) => sum + detections.lost, 0n);
}
