import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A system call as strace saw it. */
export interface WitnessedCall {
  readonly name: string;
  /** As strace prints them: `0x3`, `"\x2f\x65"`, `["\x6c\x73"]`. */
  readonly arguments: readonly string[];
  /** Missing where the call did not return, and where the kernel was to begin it again. */
  readonly result: bigint | undefined;
  /** `ENOENT` where it failed. */
  readonly error: string | undefined;
}

/** What strace saw of a thread. */
export interface WitnessedThread {
  readonly calls: readonly WitnessedCall[];
  /** By a signal, whatever it was doing then. */
  readonly isKilled: boolean;
}

/** A directory that strace writes to, one file for each thread. */
export class StraceFiles implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'tracee-strace-'));

  /** Arguments of strace so that each thread has a file, before the command. */
  get words(): readonly string[] {
    return ['-ff', '-xx', '-v', '-s', '8192', '-o', join(this.#directory, 'calls')];
  }

  /** By thread, calls in order. Throws where strace wrote nothing. */
  read(): ReadonlyMap<number, WitnessedThread> {
    const files = readdirSync(this.#directory);
    if (files.length === 0) throw new Error('strace wrote nothing');
    return new Map(
      files.map((file) => {
        const lines = readFileSync(join(this.#directory, file), 'latin1').trimEnd().split('\n');
        return [
          Number(file.slice(file.lastIndexOf('.') + 1)),
          { calls: lines.flatMap(parseCall), isKilled: lines.at(-1)?.startsWith('+++ killed by ') === true },
        ];
      }),
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true });
  }
}

/** `openat(AT_FDCWD, "\x2f", O_RDONLY) = -1 ENOENT (No such file)`; other lines are signals and ends. */
function parseCall(line: string): WitnessedCall[] {
  const call = /^(?<name>\w+)\((?<arguments>.*)\)\s+= (?<result>\S+)(?: (?<error>E\w+))?/.exec(line)?.groups;
  if (call === undefined) return [];
  const { name = '', result = '', error } = call;
  return [
    {
      name,
      arguments: splitArguments(call['arguments'] ?? ''),
      result: numberIn(result),
      error,
    },
  ];
}

/** At the commas that are in no string, array, structure or set of flags. */
function splitArguments(text: string): string[] {
  const found: string[] = [];
  let [start, depth, isString] = [0, 0, false];
  for (const [at, character] of text.split('').entries()) {
    if (character === '"') isString = !isString;
    if (isString) continue;
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    else if (character === ',' && depth === 0) {
      found.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  const last = text.slice(start).trim();
  return last === '' ? found : [...found, last];
}

/** The bytes of a string that strace printed whole, as text; undefined for anything else. */
export function stringIn(argument: string): string | undefined {
  const hex = /^"((?:\\x[0-9a-f]{2})*)"$/.exec(argument)?.[1];
  return hex === undefined ? undefined : Buffer.from(hex.replaceAll('\\x', ''), 'hex').toString('utf8');
}

/** A number, decimal, hexadecimal, octal or `NULL`; undefined for names, structures and strings. */
export function numberIn(argument: string): bigint | undefined {
  if (argument === 'NULL') return 0n;
  if (/^-?[1-9]\d*$|^0$|^0x[0-9a-f]+$/.test(argument)) return BigInt(argument);
  return /^0[0-7]+$/.test(argument) ? BigInt(`0o${argument.slice(1)}`) : undefined;
}
