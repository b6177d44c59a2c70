#!/usr/bin/env node
import { Command, InvalidArgumentError, Option } from 'commander';
import { TraceeError } from '../errors.js';
import { bestBufferKind, sizesPerCpu } from '../tracing/buffers.js';
import { versionOf } from './context.js';
import { listEventsByKind } from './event-list.js';
import { repeat } from './flags.js';
import { runProgram } from './program.js';
import { buildPolicies, type BuildPolicy } from './provider.js';
import { print } from './report.js';
import { traceEvents } from './trace-command.js';
import { withTwoDashes } from './two-dashes.js';

interface Flags {
  list?: true;
  trace?: string[];
  capture?: string[];
  output?: string[];
  securityAlerts?: true;
  perfBufferSize?: number;
  blobPerfBufferSize?: number;
  debug?: true;
  installPath?: string;
  buildPolicy: BuildPolicy;
}

const program = new Command('tracee-ebpf')
  .description('Prints events as they happen, with the options of the original.')
  .version(`Tracee version ${versionOf(process.env)}`, '-v, --version')
  .option('-l, --list', 'list the events with their sets and arguments, and end (needs no privileges)')
  .option('-t, --trace <expression>', 'what to trace; may be repeated; help explains (set=default)', repeat)
  .option('-c, --capture <what>', 'what to keep; may be repeated; help explains', repeat)
  .option('-o, --output <option>', 'how events are printed; may be repeated; help explains (table)', repeat)
  .option('--security-alerts', 'trace mem_prot_alert too: memory that becomes executable')
  .option('-b, --perf-buffer-size <pages>', 'pages of the buffer of events, for each CPU', parsePages)
  .option('--blob-perf-buffer-size <pages>', 'pages of the buffer of captures, for each CPU', parsePages)
  .option('--debug', 'say on which hook each event stands')
  .option('--install-path <directory>', 'where objects for kernels are kept (/tmp/tracee)')
  .addOption(
    new Option('--build-policy <when>', 'when to have an object built, where a builder is there')
      .choices(buildPolicies)
      .default('if-needed'),
  )
  .argument('[words...]', 'there are none')
  .showSuggestionAfterError(true)
  .addHelpText(
    'after',
    `
Examples:
  sudo tracee-ebpf --trace event=execve --output json
  sudo tracee-ebpf --trace comm=bash --trace follow
  sudo tracee-ebpf --output json --output out-file:/tmp/events.json

tracee trace is the same, and runs a command: tracee trace -- ./program
Status: 0 done, 1 failed, 2 bad usage, 3 no usable object, 4 missing privileges, 5 kernel not supported`,
  )
  .action(run);

async function run(words: string[], flags: Flags): Promise<void> {
  const [stranger] = words;
  if (stranger !== undefined) {
    throw new TraceeError('USAGE', `"${stranger}" belongs to no option`, {
      hint: 'give each value an option of its own: --output json --output out-file:/path',
    });
  }
  if (flags.list === true) {
    print(listEventsByKind());
    return;
  }
  const { perfBufferSize: events, blobPerfBufferSize: captures } = flags;
  await traceEvents([], {
    ...flags,
    portable: true,
    alsoTraced: flags.securityAlerts === true ? ['mem_prot_alert'] : [],
    bufferSizes: sizesPerCpu(
      { events, captures: flags.capture === undefined ? undefined : captures },
      bestBufferKind(),
    ),
  });
}

/** As the kernel wants pages of a buffer. */
function parsePages(text: string): number {
  const pages = Number(text);
  if (!/^\d{1,6}$/.test(text) || pages < 1 || (pages & (pages - 1)) !== 0 || pages > maxPages) {
    throw new InvalidArgumentError(`Pages are a power of two from 1 to ${maxPages}.`);
  }
  return pages;
}

/** Of 4 KiB: 256 MiB for each CPU. */
const maxPages = 65_536;

process.argv.splice(2, Infinity, ...withTwoDashes(program, process.argv.slice(2)));
await runProgram(program);
