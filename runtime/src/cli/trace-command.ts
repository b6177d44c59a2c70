import { Command, InvalidArgumentError } from 'commander';
import { captureHelp } from '../capture/help.js';
import { parseCaptures } from '../capture/options.js';
import { decodeRecord, eventIdOf } from '../events/record.js';
import { OutFile } from '../output/out-file.js';
import { planToJson, planToText } from '../output/plan.js';
import type { BufferSizes } from '../tracing/buffers.js';
import { fixedChoice } from '../tracing/choice.js';
import { placeFilters } from '../tracing/filters/placement.js';
import { parseSelection, passesFilters } from '../tracing/selection.js';
import { addCommonFlags, repeat, type CommonFlags } from './flags.js';
import { listEvents } from './event-list.js';
import { EventOutput } from './event-output.js';
import { outputHelp, parseOutput } from './output-options.js';
import type { BuildPolicy } from './provider.js';
import { print, sayTo } from './report.js';
import { run } from './run.js';
import { traceHelp } from './trace-help.js';

/** What `tracee trace` and `tracee-ebpf` have in common. */
interface TraceEventsFlags extends CommonFlags {
  trace?: string[];
  /** Events beside those that are chosen. */
  alsoTraced?: readonly string[];
  debug?: true;
  bufferSizes?: Partial<BufferSizes>;
  buildPolicy?: BuildPolicy;
  capture?: string[];
  output?: string[];
  explain?: true;
}

interface TraceFlags extends TraceEventsFlags {
  list?: true;
  bufferSize?: number;
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
      .option(
        '-o, --output <option>',
        'how events are printed, and where: table, table-verbose, json, gotemplate=/path, none, out-file:/path, err-file:/path, option:NAME; may be repeated; help explains (table)',
        repeat,
      )
      .option(
        '--buffer-size <MiB>',
        'room for events that wait to be printed, a power of two (8 for each CPU, at most 32); without a ring buffer for each CPU (4)',
        parseMebibytes,
      )
      .option(
        '--explain',
        'as JSON: the program file and the ancestors of each event too, which rules ask for',
      ),
  ).action(trace);
}

async function trace(command: string[], flags: TraceFlags): Promise<void> {
  if (flags.list === true) print(listEvents());
  else await traceEvents(command, { ...flags, ...sizesOf(flags) });
}

function sizesOf({ bufferSize }: TraceFlags): Pick<TraceEventsFlags, 'bufferSizes'> {
  return bufferSize === undefined ? {} : { bufferSizes: { events: bufferSize * 1024 * 1024 } };
}

/** As the kernel wants the size of a buffer; it counts positions there in 32 bits. */
function parseMebibytes(text: string): number {
  const size = Number(text);
  if (!/^\d{1,4}$/.test(text) || size < 1 || size > 1024 || (size & (size - 1)) !== 0) {
    throw new InvalidArgumentError('It is a power of two from 1 to 1024.');
  }
  return size;
}

/** Prints events until a signal or the end of the command; or help, where that is asked for. */
export async function traceEvents(command: readonly string[], flags: TraceEventsFlags): Promise<void> {
  if (flags.trace?.length === 1 && flags.trace[0] === 'help') {
    print(traceHelp);
    return;
  }
  if (flags.capture?.length === 1 && flags.capture[0] === 'help') {
    print(captureHelp);
    return;
  }
  if (flags.output?.length === 1 && flags.output[0] === 'help') {
    print(outputHelp);
    return;
  }
  const output = parseOutput([...(flags.output ?? []), ...(flags.json === true ? ['json'] : [])]);
  const capture = parseCaptures(flags.capture ?? []);
  const { events: chosen, scope, filters } = parseSelection(flags.trace ?? []);
  const { comparisons, rest } = placeFilters(filters);
  const filtered = new Set(rest.map(({ event }) => event.id));
  const also = (flags.alsoTraced ?? []).map((name) => `event=${name}`);
  const events = new Set([...chosen, ...(also.length === 0 ? [] : parseSelection(also).events)]);
  if (output.errFile !== undefined) sayTo(new OutFile(output.errFile));
  using printed = new EventOutput(output, scope.container !== undefined);
  const isForPrograms = output.format === 'json' || typeof output.format === 'object';
  await run({
    ...flags,
    choice: fixedChoice(
      [...events].map((event) => ({
        event,
        isTraced: true,
        isDetected: false,
        wantsAncestry: isForPrograms && flags.explain === true,
        wantsOnRequest: output.has('exec-env'),
        comparisons: comparisons.get(event),
      })),
    ),
    scope,
    filters,
    command,
    capture,
    withStacks: output.has('stack-addresses'),
    show: flags.plan === true ? (output.format === 'json' ? planToJson : planToText) : undefined,
    doing: 'tracing',
    onEvent: (event) => {
      if (passesFilters(rest, event)) printed.take(event);
    },
    onRecord: printed.takesRecords
      ? (view, offset, length) => {
          const isFiltered = filtered.has(eventIdOf(view, offset));
          if (isFiltered && !passesFilters(rest, decodeRecord(view, offset, length))) return;
          printed.takeRecord(view, offset, length);
        }
      : undefined,
    onStart: (tracer) => printed.begin(tracer),
    onEnd: async () => {
      printed.end();
    },
    onDetection: () => undefined,
    afterEvents: () => printed.flushRecords(),
    canTakeEvents: () => printed.canTake,
  });
}
