import { type Command, Option } from 'commander';
import { Engine } from '../detection/engine.js';
import type { Finding, Rule } from '../detection/rule.js';
import { findingToText } from '../output/finding.js';
import { findingToJson } from '../output/json.js';
import { selectRules } from '../signatures/index.js';
import { parseScope } from '../tracing/selection.js';
import type { Tracer } from '../tracing/tracer.js';
import { print, report } from './report.js';
import { run } from './run.js';

interface DetectFlags {
  list?: true;
  rules?: string[];
  output: 'text' | 'json';
  scope?: string[];
  plan?: true;
  installPath?: string;
  portable: boolean;
}

/** A flag that may be repeated and takes commas. */
export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, ...value.split(',').filter((part) => part !== '')];
}

/** A flag that may be repeated; commas belong to the value. */
export function repeat(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

/** Adds what detecting needs to the main command: it is what `tracee` does by itself. */
export function addDetection(command: Command): Command {
  return command
    .argument('[command...]', 'run this command and watch only it and its children; put -- before it')
    .option('--list', 'list the rules and end (needs no privileges)')
    .option('--rules <rules>', 'rules to run, by id or name; may be repeated or hold commas (all)', collect)
    .addOption(
      new Option('--output <format>', 'how findings are printed').choices(['text', 'json']).default('text'),
    )
    .option('--scope <expression>', 'watch only pid=N[,N] or tree=N[,N] (everything)', repeat)
    .option('--plan', 'show on which hook each event would stand here, and end')
    .option('--install-path <directory>', 'where objects for kernels are kept (/tmp/tracee)')
    .option('--no-portable', 'never fall back to the portable object')
    .action(detect);
}

async function detect(command: string[], flags: DetectFlags): Promise<void> {
  const rules = selectRules(flags.rules ?? []);
  if (flags.list === true) {
    print(flags.output === 'json' ? JSON.stringify(rules.map((rule) => rule.metadata)) : listRules(rules));
    return;
  }
  let lost = (): bigint => 0n;
  const onFinding = (finding: Finding): void => {
    const isColoured = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
    print(
      flags.output === 'json' ? findingToJson(finding, lost()) : findingToText(finding, lost(), isColoured),
    );
  };
  const engine = new Engine({ rules, onFinding, onRuleError: report });
  await run({
    ...flags,
    events: engine.events,
    scope: parseScope(flags.scope ?? []),
    command,
    wantsAncestry: true,
    wantsOnRequest: false,
    plan: flags.plan === true,
    json: flags.output === 'json',
    doing: `detecting (${rules.map((rule) => rule.metadata.id).join(', ')})`,
    onEvent: (event, tracer) => {
      lost = () => lostSoFar(tracer);
      engine.handle(event);
    },
  });
}

function lostSoFar(tracer: Tracer): bigint {
  return [...tracer.counts().values()].reduce((sum, { lost }) => sum + lost, 0n);
}

function listRules(rules: readonly Rule[]): string {
  const rows = rules.map(({ metadata }) => [
    metadata.id,
    metadata.name,
    metadata.version,
    metadata.description,
  ]);
  return [['ID', 'NAME', 'VERSION', 'DESCRIPTION'], ...rows]
    .map(
      ([id = '', name = '', version = '', text = '']) =>
        `${id.padEnd(10)} ${name.padEnd(35)} ${version.padEnd(7)} ${text}`,
    )
    .join('\n');
}
