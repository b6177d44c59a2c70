import { Command, Option } from 'commander';
import { captureHelp } from '../capture/help.js';
import { parseCaptures } from '../capture/options.js';
import { catalogue } from '../events/catalogue/index.js';
import type { TracedEvent } from '../events/record.js';
import { eventToJson } from '../output/event-json.js';
import { planToJson, planToText } from '../output/plan.js';
import { eventToRow, tableHeader } from '../output/table.js';
import { fixedChoice } from '../tracing/choice.js';
import { parseSelection, passesFilters } from '../tracing/selection.js';
import { addCommonFlags, repeat, type CommonFlags } from './flags.js';
import { NamedLine } from './named-line.js';
import { print } from './report.js';
import { run } from './run.js';
import { traceHelp } from './trace-help.js';

interface TraceFlags extends CommonFlags {
  list?: true;
  trace?: string[];
  capture?: string[];
  output: 'table' | 'json';
  explain?: true;
}

/** `tracee trace`: prints events as they come. */
export function traceCommand(): Command {
  return addCommonFlags(
    new Command('trace')
      .description('print events as they happen')
      .argument('[command...]', 'run this command and trace only it and its children; put -- before it')
      .option('-l, --list', 'list the events with their sets and arguments, and end (needs no privileges)')
      .option(
        '-t, --trace <expression>',
        'what to trace: event=, set=, pid=, tree=, uid=, comm=, EVENT.ARGUMENT= …; may be repeated; help explains (set=default)',
        repeat,
      )
      .option(
        '-c, --capture <what>',
        'keep what is written, started, loaded: write, exec, mem, module, all, dir:/path …; may be repeated; help explains',
        repeat,
      )
      .addOption(
        new Option('-o, --output <format>', 'how events are printed')
          .choices(['table', 'json'])
          .default('table'),
      )
      .option(
        '--explain',
        'as JSON: the program file and the ancestors of each event too, which rules ask for',
      ),
  ).action(trace);
}

async function trace(command: string[], flags: TraceFlags): Promise<void> {
  if (flags.list === true) {
    print(listEvents());
    return;
  }
  if (flags.trace?.length === 1 && flags.trace[0] === 'help') {
    print(traceHelp);
    return;
  }
  if (flags.capture?.length === 1 && flags.capture[0] === 'help') {
    print(captureHelp);
    return;
  }
  const isTable = flags.output === 'table' && flags.json !== true;
  const { events, scope, filters } = parseSelection(flags.trace ?? []);
  let isFirst = true;
  const show = (event: TracedEvent): void => {
    if (isTable && isFirst) print(tableHeader);
    isFirst = false;
    print(isTable ? eventToRow(event) : eventToJson(event));
  };
  const named = new NamedLine((event: TracedEvent) => event, show);
  await run({
    ...flags,
    choice: fixedChoice(
      events.map((event) => ({
        event,
        isTraced: true,
        isDetected: false,
        wantsAncestry: !isTable && flags.explain === true,
        wantsOnRequest: false,
      })),
    ),
    scope,
    filters,
    command,
    capture: parseCaptures(flags.capture ?? []),
    show: flags.plan === true ? (isTable ? planToText : planToJson) : undefined,
    doing: 'tracing',
    onEvent: (event) => {
      if (passesFilters(filters, event)) named.take(event);
    },
    onStart: (tracer) => named.begin(tracer),
    onEnd: async () => named.end(),
    onDetection: () => undefined,
  });
}

function listEvents(): string {
  const row = (name: string, sets: string, args: string): string =>
    `${name.padEnd(22)} ${sets.padEnd(40)} ${args}`;
  return [
    row('EVENT', 'SETS', 'ARGUMENTS'),
    ...catalogue.map((event) =>
      row(
        event.name,
        `[${event.sets.join(' ')}]`,
        `(${event.arguments.map(({ type, name }) => `${type} ${name}`).join(', ')})`,
      ),
    ),
  ].join('\n');
}
