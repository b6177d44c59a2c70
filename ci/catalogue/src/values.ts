import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ioctlRequests, optionGroups } from './option-groups.js';
import { valueGroups, type ValueGroup } from './value-groups.js';

/** Whose numbers they are, in the order in which `constants.ts` has them. */
export const speakers = ['x86_64', 'i386', 'arm64', 'arm'] as const;
export type Speaker = (typeof speakers)[number];

const targets: Readonly<Record<Speaker, { readonly triple: string; readonly directory: string }>> = {
  x86_64: { triple: 'x86_64-linux-gnu', directory: 'x86' },
  i386: { triple: 'i386-linux-gnu', directory: 'x86' },
  arm64: { triple: 'aarch64-linux-gnu', directory: 'arm64' },
  arm: { triple: 'arm-linux-gnueabi', directory: 'arm' },
};

export type ValueOf = Partial<Record<Speaker, number>>;

/** Of each group and name: its number for each speaker that has it. */
export type Values = ReadonlyMap<string, ReadonlyMap<string, ValueOf>>;

/** What headers take for granted, and we of them. */
const basics = 'typedef __SIZE_TYPE__ size_t;\n#include <linux/types.h>\n#include <linux/ioctl.h>';

/** Reads all groups out of a kernel's header tree: the compiler says what each name comes to for whom. */
export function readValues(sourceDir: string): Values {
  const groups: [string, readonly ValueGroup[]][] = [
    ...Object.entries<ValueGroup>(valueGroups).map(([name, one]): [string, ValueGroup[]] => [name, [one]]),
    ...Object.entries<ValueGroup>(optionGroups).map(([name, one]): [string, ValueGroup[]] => [name, [one]]),
    ['ioctlRequest', ioctlRequests],
  ];
  const directory = mkdtempSync(join(tmpdir(), 'tracee-values-'));
  try {
    const parts = groups.flatMap(([, some]) => some);
    const read = speakers.map((speaker) => new HeaderReader(sourceDir, speaker, directory).read(parts));
    return new Map(groups.map(([name, some]) => [name, joined(name, some, read)]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function joined(
  name: string,
  parts: readonly ValueGroup[],
  read: readonly ReadonlyMap<ValueGroup, ReadonlyMap<string, number>>[],
): Map<string, ValueOf> {
  const values = new Map<string, ValueOf>();
  for (const [index, speaker] of speakers.entries()) {
    for (const part of parts) {
      for (const [constant, value] of read[index]?.get(part) ?? []) {
        const number = part.isSigned === true ? value | 0 : value;
        values.set(constant, { ...values.get(constant), [speaker]: number });
      }
    }
  }
  if (values.size === 0) throw new RangeError(`the headers have no name of the group ${name}`);
  return values;
}

/** The headers of one kernel as one architecture sees them. */
class HeaderReader {
  readonly #speaker: Speaker;
  readonly #source: string;
  readonly #flags: readonly string[];

  constructor(source: string, speaker: Speaker, scratch: string) {
    this.#speaker = speaker;
    this.#source = source;
    const { triple, directory } = targets[speaker];
    const own = join(source, 'arch', directory, 'include/uapi');
    const made = join(scratch, speaker);
    makeWrappers(join(source, 'include/uapi/asm-generic'), join(own, 'asm'), made);
    this.#flags = [
      ...[
        `--target=${triple}`,
        '-nostdinc',
        '-w',
        '-D__user=',
        '-D__force=',
        '-D__bitwise=',
        '-D__attribute_const__=',
      ],
      ...['-I', made, '-I', own, '-I', join(source, 'include/uapi')],
    ];
  }

  /** What the names of each part stand for. What takes the same headers is compiled together, once. */
  read(parts: readonly ValueGroup[]): ReadonlyMap<ValueGroup, ReadonlyMap<string, number>> {
    const together = new Map<string, ValueGroup[]>();
    for (const part of parts) {
      // What an architecture has nothing of (`arch_prctl`, virtual machines) has no names there.
      if (!part.headers.every((header) => this.#has(header))) continue;
      const prelude = this.#preludeOf(part);
      together.set(prelude, [...(together.get(prelude) ?? []), part]);
    }
    const values = new Map<ValueGroup, Map<string, number>>();
    for (const [prelude, some] of together) {
      const names = [...new Set(this.#names(prelude))];
      const wanted = some.map(
        (part) =>
          [part, names.filter((name) => part.names.test(name) && part.except?.test(name) !== true)] as const,
      );
      const all = this.#evaluate(prelude, [...new Set(wanted.flatMap(([, own]) => own))]);
      for (const [part, own] of wanted) {
        values.set(part, new Map(own.flatMap((name) => [[name, all.get(name) ?? NaN] as const])));
      }
    }
    return values;
  }

  #preludeOf({ headers, internal = [], names }: ValueGroup): string {
    const includes = headers.map((header) => `#include <${header}>`);
    return [basics, ...includes, ...internal.map((path) => this.#definitions(path, names)), ''].join('\n');
  }

  #has(header: string): boolean {
    return this.#flags.some(
      (flag, index) => this.#flags[index - 1] === '-I' && existsSync(join(flag, header)),
    );
  }

  /** What the kernel's own headers define, without the headers that they include: those cannot be read by themselves. */
  #definitions(path: string, names: RegExp): string {
    const file = join(this.#source, 'include', path);
    if (!existsSync(file)) return '';
    const text = readFileSync(file, 'utf8').replaceAll(/\/\*[^]*?\*\//g, ' ');
    const macros = [...text.matchAll(/^#\s*define[ \t]+(\w+)[ \t]+(.*(?:\\\n.*)*)$/gm)]
      .filter(([, name = '']) => names.test(name))
      .map(([line]) => line);
    const enums = [...text.matchAll(/^enum\s+\w+\s*\{[^}]*\}\s*;/gm)]
      .filter(([block]) => [...block.matchAll(/\b(\w+)\b/g)].some(([word]) => names.test(word)))
      .map(([block]) => block);
    return [...macros, ...enums].join('\n');
  }

  /** Macros and enumerators, in the order of the headers. */
  #names(prelude: string): string[] {
    const text = this.#clang(['-E', '-dD', '-P'], prelude);
    const macros = [...text.matchAll(/^#define (\w+) \S/gm)].map(([, name = '']) => name);
    const blocks = text.replaceAll(/^#.*$/gm, '').matchAll(/\benum\b[^{};()]*\{(?<body>[^}]*)\}/g);
    const enumerators = [...blocks].flatMap(({ groups }) =>
      (groups?.['body'] ?? '').split(',').flatMap((one) => /^\s*(\w+)/.exec(one)?.[1] ?? []),
    );
    return [...enumerators, ...macros];
  }

  /** As the kernel's own build asks for offsets: the compiler writes each number into its assembly. */
  #evaluate(prelude: string, names: readonly string[]): Map<string, number> {
    const lines = names.map(
      (name) => `asm volatile("\\n->${name} %c0" :: "i"((unsigned int)(unsigned long long)(${name})));`,
    );
    const text = this.#clang(
      ['-S', '-fno-integrated-as', '-o', '-'],
      `${prelude}\nvoid all(void) {\n${lines.join('\n')}\n}\n`,
    );
    const rows = text.matchAll(/^\s*->(\w+) [#$]?(-?\d+)$/gm);
    return new Map([...rows].map(([, name = '', value]) => [name, Number(value) >>> 0]));
  }

  #clang(mode: readonly string[], text: string): string {
    const { status, stdout, stderr } = spawnSync('clang', [...this.#flags, ...mode, '-x', 'c', '-'], {
      input: text,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (status !== 0) throw new RangeError(`clang cannot read the headers for ${this.#speaker}: ${stderr}`);
    return stdout;
  }
}

/** What an architecture has no header of its own for is the generic one; and what headers of the kernel's build have. */
function makeWrappers(generic: string, own: string, made: string): void {
  mkdirSync(join(made, 'asm'), { recursive: true });
  for (const name of readdirSync(generic)) {
    if (existsSync(join(own, name))) continue;
    writeFileSync(join(made, 'asm', name), `#include <asm-generic/${name}>\n`);
  }
  for (const name of ['linux/compiler.h', 'linux/compiler_types.h', 'linux/unistd.h']) {
    mkdirSync(dirname(join(made, name)), { recursive: true });
    writeFileSync(join(made, name), '');
  }
}
