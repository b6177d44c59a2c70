import { Command, Option } from 'commander';
import { catalogue } from '../events/catalogue/index.js';
import { eventToJson } from '../output/json.js';
import { eventToRow, tableHeader } from '../output/table.js';
import { parseSelection } from '../tracing/selection.js';
import { repeat } from './detect-command.js';
import { print } from './report.js';
import { run } from './run.js';

interface TraceFlags {
  list?: true;
  trace?: string[];
  output: 'table' | 'json';
  plan?: true;
  installPath?: string;
  portable: boolean;
}

/** `tracee trace`: prints events as they come. */
export function traceCommand(): Command {
  return new Command('trace')
    .description('print events as they happen')
    .argument('[command...]', 'run this command and trace only it and its children; put -- before it')
    .option('-l, --list', 'list the events with their sets and arguments, and end (needs no privileges)')
    .option(
      '-t, --trace <expression>',
      'what to trace: event=NAME[,NAME], set=NAME[,NAME], pid=N[,N], tree=N[,N]; may be repeated (set=default)',
      repeat,
    )
    .addOption(
      new Option('-o, --output <format>', 'how events are printed')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option('--plan', 'show on which hook each event would stand here, and end')
    .option('--install-path <directory>', 'where objects for kernels are kept (/tmp/tracee)')
    .option('--no-portable', 'never fall back to the portable object')
    .action(trace);
}

async function trace(command: string[], flags: TraceFlags): Promise<void> {
  if (flags.list === true) {
    print(listEvents());
    return;
  }
  const isTable = flags.output === 'table';
  let isFirst = true;
  await run({
    ...flags,
    ...parseSelection(flags.trace ?? []),
    command,
    wantsAncestry: false,
    wantsOnRequest: false,
    plan: flags.plan === true,
    json: !isTable,
    doing: 'tracing',
    onEvent: (event) => {
      if (isTable && isFirst) print(tableHeader);
      isFirst = false;
      print(isTable ? eventToRow(event) : eventToJson(event));
    },
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
