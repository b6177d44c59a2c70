import { type Command, InvalidArgumentError, Option } from 'commander';
import { TraceeError } from '../errors.js';
import { addEngineFlags, type EngineFlags } from './engine-flags.js';
import { bufferKinds, hookKinds, type BufferKind, type HookKind } from '../events/layout.js';

/** Flags that both commands have. */
export interface TracerFlags {
  hooks?: HookKind[];
  buffer?: BufferKind;
}

export interface CommonFlags extends TracerFlags, EngineFlags {
  plan?: true;
  json?: true;
  installPath?: string;
  portable: boolean;
  keepPrivileges?: true;
}

const kinds = Object.keys(hookKinds) as HookKind[];

/** Adds them, last in the help. */
export function addCommonFlags(command: Command): Command {
  return addEngineFlags(command)
    .option('--plan', 'show on which hook each event stands here and whether it fires, and end')
    .option('--json', 'short for --output json')
    .option('--hooks <kinds>', `use only these kinds of hooks: ${kinds.join(',')}`, parseHooks)
    .addOption(
      new Option('--buffer <kind>', 'how records arrive (the best that the kernel has)').choices(
        Object.keys(bufferKinds),
      ),
    )
    .option('--install-path <directory>', 'where objects for kernels are kept (/tmp/tracee)')
    .option('--no-portable', 'never fall back to the portable object')
    .option('--keep-privileges', 'do not give up privileges once everything is attached');
}

/** `tracee --hooks kprobe doctor`: the flag is one of detecting, and would be dropped without a word. */
export function refuseMisplaced(parent: Command, command: Command): void {
  const misplaced = parent.options.find(
    (option) => parent.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (misplaced === undefined) return;
  throw new TraceeError('USAGE', `${misplaced.long ?? misplaced.flags} stands before "${command.name()}"`, {
    hint: `options of tracee alone are not those of ${command.name()}; see tracee ${command.name()} --help`,
  });
}

/** A flag that may be repeated and takes commas. */
export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, ...value.split(',').filter((part) => part !== '')];
}

/** A flag that may be repeated; commas belong to the value. */
export function repeat(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

function parseHooks(value: string, previous: HookKind[] = []): HookKind[] {
  const named = collect(value).map((name) => {
    const kind = kinds.find((one) => one === name);
    if (kind === undefined) throw new InvalidArgumentError(`"${name}" is none of ${kinds.join(', ')}.`);
    return kind;
  });
  return [...previous, ...named];
}
