import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Match, Sight } from '../../detection/rule.js';
import type { TracedEvent } from '../../events/record.js';
import { numberIn, textIn, textsIn } from '../support/arguments.js';
import { rootOf } from '../support/system-program.js';
import { areInstalledLibraries, type SearchPath } from './library.js';

/** Environments of more bytes than this, in part not looked at, were made to be in the way. */
const unusualBytes = 65_536;

/** One instruction to the loader: a variable of the new program, or an option of the loader run as a program. */
interface Instruction {
  /** `LD_PRELOAD`, `--preload` */
  readonly name: string;
  readonly value: string;
}

const loading = new Set(['LD_PRELOAD', 'LD_AUDIT', '--preload', '--audit']);

const ways = [
  {
    events: [{ event: 'loader_environment' }],
    blindTo: 'libraries that a running program loads itself, and those that its file names (RPATH)',
  },
] as const;

/** Libraries that a new program's loader is told to load before all others. */
export const environment: Sight = {
  id: 'environment',
  description: 'a program is started with LD_PRELOAD, LD_AUDIT, or such an option of its loader',
  ways,
  detect: (event) => {
    // The loader of a program that gains privileges takes libraries of the system only, marked for that.
    if (numberIn(event, 'is_secure') === 1) return exploit(event);
    const { variables, isComplete } = variablesOf(event);
    const options = isLoader(event) ? optionsOf(event) : [];
    const given = [...options, ...variables].filter(({ name }) => loading.has(name));
    const search = searchPathOf(variables, event);
    const grave = given.find(({ value }) => !isComplete || !areInstalledLibraries(value, search));
    if (grave !== undefined) return describe(event, grave);
    if (isComplete || (numberIn(event, 'size') ?? 0) < unusualBytes) return undefined;
    return {
      summary: 'was started with an environment that is too large to be looked at',
      facts: [
        `${String(numberIn(event, 'scanned'))} of ${String(numberIn(event, 'size'))} bytes were looked at`,
      ],
    };
  },
};

/** What changes how the loader works, and is in use for good reasons. */
export const settings: Sight = {
  id: 'settings',
  description: 'a program is started with GLIBC_TUNABLES, GCONV_PATH or files that its loader is to write',
  isSignal: true,
  ways,
  detect: (event) => {
    const found = variablesOf(event).variables.find(
      ({ name }) => !loading.has(name) && name !== 'LD_LIBRARY_PATH',
    );
    return found === undefined ? undefined : describe(event, found);
  },
};

/** `glibc.malloc.mxfast=glibc.malloc.mxfast=A`: no tunable's value has the sign; CVE-2023-4911 needs it. */
function exploit(event: TracedEvent): Match | undefined {
  const tunables = variablesOf(event).variables.find(({ name }) => name === 'GLIBC_TUNABLES');
  if (tunables === undefined || !/=[^:]*=/.test(tunables.value)) return undefined;
  return {
    summary: 'was started with tunables that overflow the loader of a privileged program',
    facts: [`GLIBC_TUNABLES=${shorten(tunables.value)}`, 'the program gains privileges (AT_SECURE)'],
    key: keyOf(event, tunables),
  };
}

function describe(event: TracedEvent, instruction: Instruction): Match {
  const { name, value } = instruction;
  const isOption = name.startsWith('--');
  const shown = `${name}${isOption ? ' ' : '='}${shorten(value)}`;
  const program = textIn(event, 'pathname') ?? event.comm;
  return {
    summary: isOption ? `ran the loader ${program} with ${shown}` : `was started with ${shown}`,
    facts: [
      `the program is ${program}`,
      loading.has(name)
        ? 'not all of these libraries are installed ones that only root can change'
        : 'its loader works otherwise than its author meant',
    ],
    data: { [name.replace(/^--/, '')]: value },
    key: keyOf(event, instruction),
  };
}

/** A shell that has exported the variable starts many programs with it: one finding. */
function keyOf(event: TracedEvent, { name, value }: Instruction): string {
  return `${event.mountNamespace} ${name}=${value}`;
}

const shownCharacters = 200;

function shorten(value: string): string {
  return value.length > shownCharacters ? `${value.slice(0, shownCharacters)}…` : value;
}

/** What the kernel saw, and what it did not look at as the process shows it now. */
function variablesOf(event: TracedEvent): { variables: Instruction[]; isComplete: boolean } {
  const recorded = event.arguments.find(({ definition }) => definition.name === 'variables');
  const size = numberIn(event, 'size') ?? 0;
  const scanned = numberIn(event, 'scanned') ?? 0;
  const rest = scanned < size ? readEnvironment(event, scanned) : [];
  const texts = [...textsIn(event, 'variables'), ...(rest ?? [])];
  return {
    variables: texts.flatMap(parseVariable),
    isComplete: recorded?.cut === undefined && rest !== undefined,
  };
}

const variablePattern =
  /^(LD_PRELOAD|LD_AUDIT|LD_LIBRARY_PATH|GLIBC_TUNABLES|GCONV_PATH|LD_DEBUG_OUTPUT|LD_PROFILE|LD_PROFILE_OUTPUT)=(.+)$/s;

function parseVariable(text: string): Instruction[] {
  const [, name, value] = variablePattern.exec(text) ?? [];
  return name === undefined || value === undefined ? [] : [{ name, value }];
}

/** Undefined where the process has ended. */
function readEnvironment(event: TracedEvent, from: number): string[] | undefined {
  try {
    const bytes = readFileSync(`/proc/${event.hostPid}/environ`);
    return bytes.subarray(from).toString('utf8').split('\0');
  } catch {
    return undefined;
  }
}

/** `--preload LIST`, `--audit LIST`, and musl's `--preload=LIST`: each option stands before what follows it. */
function optionsOf(event: TracedEvent): Instruction[] {
  const words = textsIn(event, 'options');
  return words.flatMap((word, index) => {
    const [name = '', own] = word.split('=', 2);
    const value = own ?? words[index + 1];
    return index % 2 === 0 && value !== undefined ? [{ name, value }] : [];
  });
}

function searchPathOf(variables: readonly Instruction[], event: TracedEvent): SearchPath {
  return {
    root: rootOf(event),
    directories: variables
      .filter(({ name }) => name === 'LD_LIBRARY_PATH')
      .flatMap(({ value }) => value.split(/[:;]/)),
  };
}

/** Loaders have less than a megabyte. */
const loaderBytes = 4 * 1024 * 1024;

/** Whether a program without a loader of its own is one, by what it knows; true where its file cannot be read. */
function isLoader(event: TracedEvent): boolean {
  const root = rootOf(event);
  const path = textIn(event, 'pathname');
  if (textsIn(event, 'options').length === 0) return false;
  if (root === undefined || path === undefined) return true;
  try {
    const bytes = Buffer.alloc(loaderBytes);
    const fd = openSync(join(root, path), 'r');
    try {
      const head = bytes.subarray(0, readSync(fd, bytes));
      return head.includes('LD_PRELOAD') && head.includes('preload\0');
    } finally {
      closeSync(fd);
    }
  } catch {
    return true;
  }
}
