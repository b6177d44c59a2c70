import { TraceeError } from '../errors.js';
import { maxCapturePrefixes, type CaptureKind } from '../events/capture-layout.js';

/** What `--capture` asks for. */
export interface CaptureOptions {
  readonly kinds: readonly CaptureKind[];
  /** Paths of written files begin with one of these; all where there are none. */
  readonly prefixes: readonly string[];
  /** A profile of the programs that were run is written at the end. */
  readonly hasProfile: boolean;
  /** Artifacts go to `out` below it. */
  readonly directory: string;
  /** What an earlier run has left there is removed first. */
  readonly clears: boolean;
  /** Bytes of all artifacts of one run. */
  readonly limitBytes: number;
}

const defaultDirectory = '/tmp/tracee';
const defaultLimitBytes = 1024 ** 3;
/** As the original has it; the kernel side has room for a little more. */
const maxPrefixBytes = 50;

const kindsOf: Readonly<Record<string, readonly CaptureKind[]>> = {
  write: ['write'],
  exec: ['exec'],
  mem: ['mem'],
  module: ['module'],
  all: ['write', 'exec', 'mem', 'module'],
  profile: ['exec'],
};

/**
 * Parses the values of `--capture`; undefined where there are none. The original's `artifact:` may stand before what
 * is captured.
 *
 * @throws TraceeError `USAGE` that names the value.
 */
export function parseCaptures(values: readonly string[]): CaptureOptions | undefined {
  if (values.length === 0) return undefined;
  const kinds = new Set<CaptureKind>();
  const prefixes: string[] = [];
  let directory = defaultDirectory;
  let limitBytes = defaultLimitBytes;
  for (const value of values) {
    const name = value.replace(/^artifact:/, '');
    const isArtifact = name !== value;
    const named = Object.hasOwn(kindsOf, name) ? kindsOf[name] : undefined;
    if (named !== undefined) for (const kind of named) kinds.add(kind);
    else if (name.startsWith('write=')) {
      kinds.add('write');
      prefixes.push(parsePrefix(value, name.slice('write='.length)));
    } else if (!isArtifact && value.startsWith('dir:')) directory = parseDirectory(value);
    else if (!isArtifact && value.startsWith('limit:')) limitBytes = parseSize(value);
    else if (value !== 'clear-dir') throw refused(value, 'is nothing that can be captured');
  }
  if (prefixes.length > maxCapturePrefixes) {
    throw new TraceeError('USAGE', `--capture has ${prefixes.length} prefixes of written files`, {
      hint: `give at most ${maxCapturePrefixes} times write=PREFIX*`,
    });
  }
  return {
    kinds: [...kinds],
    prefixes,
    hasProfile: values.some((value) => value.replace(/^artifact:/, '') === 'profile'),
    directory,
    clears: values.includes('clear-dir'),
    limitBytes,
  };
}

/** `/tmp/*` -> `/tmp/` */
function parsePrefix(value: string, pattern: string): string {
  if (!pattern.endsWith('*')) throw refused(value, 'ends in no star', 'write=PREFIX*');
  const prefix = pattern.slice(0, -1);
  if (prefix === '') throw refused(value, 'has an empty prefix', 'write captures all files');
  const bytes = Buffer.byteLength(prefix);
  if (bytes > maxPrefixBytes) {
    throw refused(value, `has a prefix of ${bytes} bytes`, `a prefix has at most ${maxPrefixBytes}`);
  }
  return prefix;
}

function parseDirectory(value: string): string {
  const path = value.slice('dir:'.length);
  if (path === '') throw refused(value, 'names no directory', 'dir:/path');
  if (path.includes('\0')) throw refused(value, 'has a NUL', 'dir:/path');
  return path;
}

const units: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** `512M` -> 536870912 */
function parseSize(value: string): number {
  const groups = /^limit:(?<number>\d{1,15})(?<unit>[KMGT]?)$/i.exec(value)?.groups;
  const size = Number(groups?.['number']) * (units[(groups?.['unit'] ?? '').toUpperCase()] ?? 1);
  if (groups === undefined || size < 1 || !Number.isSafeInteger(size)) {
    throw refused(value, 'is no size', 'limit:512M, with K, M, G or T');
  }
  return size;
}

function refused(
  value: string,
  problem: string,
  hint = 'tracee trace --capture help names all',
): TraceeError {
  return new TraceeError('USAGE', `--capture "${value}" ${problem}`, { hint });
}
