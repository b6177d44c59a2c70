import { posix } from 'node:path';

/**
 * Rules that the sources of this project keep. Each function takes files and returns one sentence per
 * violation, so that a test can show both that the repository has none and that a violation is noticed.
 */

export interface SourceFile {
  /** From the repository's root: `runtime/src/cli/main.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** As it is written: `../errors.js`, `tracee/artifact`, `node:fs`. */
  readonly specifier: string;
  /** Gone after compilation. */
  readonly isTypeOnly: boolean;
}

/**
 * Rooms of `runtime/src` and what each may import, beside itself. A `:type` behind a room lets only types
 * through; a path (`detection/rule`) lets only that file through.
 */
const runtimeArrows: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  text: [],
  libbpf: ['errors'],
  artifact: ['errors'],
  events: ['errors', 'artifact'],
  host: ['errors', 'artifact', 'events:type'],
  privileges: ['errors', 'host', 'libbpf'],
  containers: ['libbpf', 'events:type'],
  tracing: ['errors', 'text', 'artifact', 'events', 'host', 'libbpf', 'containers:type'],
  capture: ['errors', 'artifact', 'events', 'host', 'libbpf', 'output/escape'],
  detection: ['errors', 'events'],
  signatures: [
    'errors',
    'text',
    'host/device',
    'detection/rule',
    'events/layout',
    'events/names',
    'events:type',
  ],
  replay: ['errors', 'events', 'detection:type'],
  'user-rules': ['errors', 'text', 'artifact', 'events', 'detection', 'replay'],
  doctor: ['errors', 'artifact', 'host', 'libbpf', 'tracing/load-check'],
  output: ['errors', 'text', 'events', 'detection/exception', 'detection:type', 'host:type', 'tracing:type'],
  delivery: [
    ...[
      'errors',
      'text',
      'artifact',
      'output',
      'host/file-lock',
      'events/container',
      'events/names',
      'events:type',
    ],
    ...['detection/exception', 'detection:type'],
  ],
  selftest: ['errors'],
  cli: [
    ...['errors', 'text', 'artifact', 'events', 'host', 'libbpf'],
    ...['privileges', 'containers', 'capture'],
    ...['tracing', 'detection', 'signatures', 'user-rules', 'replay', 'output', 'delivery', 'doctor'],
    'selftest',
  ],
};

/** All that the builder may know of the runtime. */
const builderDoors = [
  'tracee/artifact',
  'tracee/doctor',
  'tracee/errors',
  'tracee/escape',
  'tracee/libbpf',
  'tracee/load-check',
];

/** Static and dynamic imports and re-exports, in file order per kind. */
export function importsOf({ text }: SourceFile): Import[] {
  const code = withoutComments(text);
  const statements = [
    ...code.matchAll(/^(?:import|export)\s+(type\s+)?(?:[\w$*{},\s]+?\sfrom\s+)?(['"])([^'"]+)\2/gm),
  ].map((match) => ({ specifier: match[3] ?? '', isTypeOnly: match[1] !== undefined }));
  const calls = [...code.matchAll(/\b(?:import|require)\(\s*(['"])([^'"]+)\1/g)].map((match) => ({
    specifier: match[2] ?? '',
    isTypeOnly: false,
  }));
  return [...statements, ...calls];
}

/** Imports against the direction of the arrows, within the runtime and between runtime and builder. */
export function findWrongArrows(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap((one) => {
      const problem = file.path.startsWith('builder/')
        ? judgeBuilderImport(file, one)
        : judgeRuntimeImport(file, one);
      return problem === undefined ? [] : [`${file.path} imports ${one.specifier}: ${problem}`];
    }),
  );
}

function judgeBuilderImport(file: SourceFile, { specifier }: Import): string | undefined {
  if (specifier.startsWith('.')) return leaves(file, specifier, 'builder/src/');
  return specifier.startsWith('tracee') && !builderDoors.includes(specifier)
    ? `the builder knows the runtime only through ${builderDoors.join(', ')}`
    : undefined;
}

function judgeRuntimeImport(file: SourceFile, { specifier, isTypeOnly }: Import): string | undefined {
  if (specifier.startsWith('tracee'))
    return 'the runtime imports itself by relative paths, the builder never';
  if (!specifier.startsWith('.')) return undefined;
  const outside = leaves(file, specifier, 'runtime/src/');
  if (outside !== undefined) return outside;
  const from = roomOf(file.path);
  const target = resolve(file, specifier).slice('runtime/src/'.length);
  const to = roomOf(resolve(file, specifier));
  if (from === to) return undefined;
  const allowed = runtimeArrows[from];
  if (allowed === undefined) return `${from} is a room without arrows: add it to ci/test/source-rules.ts`;
  if (allowed.includes(to) || allowed.includes(target.replace(/\.[jt]s$/, ''))) return undefined;
  if (allowed.includes(`${to}:type`)) return isTypeOnly ? undefined : `${from} may take only types of ${to}`;
  return `${from} may import only ${allowed.length === 0 ? 'nothing' : allowed.join(', ')}`;
}

function leaves(file: SourceFile, specifier: string, home: string): string | undefined {
  return resolve(file, specifier).startsWith(home) ? undefined : `it leads out of ${home}`;
}

function resolve(file: SourceFile, specifier: string): string {
  return posix.join(posix.dirname(file.path), specifier);
}

/** `runtime/src/events/catalogue/index.ts` -> `events`, `runtime/src/errors.ts` -> `errors`. */
function roomOf(path: string): string {
  return (path.split('/')[2] ?? '').replace(/\.[jt]s$/, '');
}

/**
 * Uses of the environment, the arguments, the standard streams and the exit status outside of the command
 * line layer: `cli/` directories and files that are programs by themselves (`#!`).
 */
export function findProcessUse(files: readonly SourceFile[]): string[] {
  const uses =
    /\bprocess\s*(?:\.|\?\.|\[')\s*(?:env|argv|exit|exitCode|stdin|stdout|stderr)\b|\}\s*=\s*process\b|\bconsole\.\w+|['"]node:process['"]/g;
  return files
    .filter(({ path, text }) => !path.includes('/cli/') && !text.startsWith('#!'))
    .flatMap(({ path, text }) =>
      [...withoutComments(text).matchAll(uses)].map(
        (match) => `${path} uses ${match[0]}: pass it in from the command line layer`,
      ),
    );
}

/** Conditions on the kernel's version in C files other than `bpf/compat.h`. */
export function findVersionConditions(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, text }) => {
      const isC = /^bpf\/.*\.[ch]$/.test(path) && path !== 'bpf/compat.h';
      return isC && /\b(?:LINUX_VERSION_CODE|KERNEL_VERSION|RHEL_RELEASE_CODE)\b/.test(withoutComments(text));
    })
    .map(({ path }) => `${path} asks for the kernel's version: that belongs in bpf/compat.h`);
}

const maxLines = 300;

/** Files that are too long to be read at one sitting. Tables may be longer, and so may tests. */
export function findLongFiles(files: readonly SourceFile[]): string[] {
  const isExempt = (path: string): boolean =>
    path.startsWith('bpf/generated/') ||
    path.startsWith('runtime/src/events/catalogue/') ||
    path === 'runtime/src/events/vocabulary/constants.ts' ||
    path.endsWith('.test.ts');
  return files.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - 1;
    return lines > maxLines && !isExempt(path)
      ? [`${path} has ${lines} lines, the limit is ${maxLines}: divide it by concern`]
      : [];
  });
}

/** Good enough to judge code by: a `//` after a colon is taken for part of an address. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(?<!:)\/\/.*$/gm, '');
}
