import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TracedEvent } from '../../events/record.js';
import { readDynamicStrings } from './dynamic-strings.js';
import { Remembered } from './remembered.js';
import { isRootsProgram, isSystemFile, isSystemProgram, rootOf } from './system-program.js';

/**
 * Libraries that make machine code while they run. A program that was linked with one does so by design: node
 * and java compile scripts, PCRE regular expressions, LLVM queries and shaders.
 */
const libraries =
  /^lib(?:pcre2?-|pcre\.so|jli\.so|jvm\.so|luajit|mozjs|javascriptcoregtk|webkit|node\.so|v8|LLVM|ruby|julia|coreclr|hostfxr|mono|guile-3|gccjit|orc-0|Qt\dWebEngine|Qt\dQml|lightning|unicorn)/;

/** Names that programs export which hold such an engine themselves, for add-ons and plug-ins. */
const symbols = [
  '_ZN2v8',
  'napi_create_function',
  'luaJIT_',
  'enif_make_atom',
  'qemu_plugin_',
  'mono_jit_init',
];

/** Files beside a program whose engine exports no name: Chromium and what is made of it, Firefox, valgrind. */
const companions = [
  'v8_context_snapshot.bin',
  'snapshot_blob.bin',
  'libxul.so',
  'vgpreload_core-amd64-linux.so',
  'vgpreload_core-arm64-linux.so',
];

const libraryDirectories = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/lib/x86_64-linux-gnu',
  '/lib64',
  '/lib',
  '/usr/local/lib',
];

/** Half of all programs need it, for one function; it interprets the expressions of its own files with PCRE. */
const notFollowed = 'libselinux.';

/** Of the libraries of a program, as many are followed. */
const maxLibraries = 100;

/** Programs change rarely, and an upgrade makes another inode. */
const answers = new Remembered<Marks>(10 * 60_000, 512);

/** What a program file shows of itself. */
interface Marks {
  /** It holds an engine, and exports names of it. */
  readonly isEngine: boolean;
  /** It was linked with an engine, or has the files of one beside it. */
  readonly usesEngine: boolean;
  readonly isPython: boolean;
}

const noMarks: Marks = { isEngine: false, usesEngine: false, isPython: false };

/**
 * Whether the program behind an event makes machine code by design: its file holds an engine, and belongs to
 * root alone; or it was linked with one, and is a program of the system (see system-program.ts). What it is
 * called, and what it loaded since it runs, are not asked: both are in an attacker's hands.
 */
export function isCodeGenerator(event: TracedEvent): boolean {
  const { isEngine, usesEngine } = marksOf(event);
  return isEngine || (usesEngine && isSystemProgram(event));
}

/** Whether the program behind an event is a Python that belongs to root alone, by what its file exports. */
export function isPython(event: TracedEvent): boolean {
  return marksOf(event).isPython;
}

function marksOf(event: TracedEvent): Marks {
  const { executable, executableFile: file } = event;
  if (executable === undefined || file === undefined || !isRootsProgram(event)) return noMarks;
  const key = `${event.mountNamespace}:${file.dev}:${file.inode}:${executable}`;
  const kept = answers.peek(key);
  if (kept !== undefined) return kept;
  const root = rootOf(event);
  // Not remembered: of the same program's next process it can be told, perhaps.
  return root === undefined ? noMarks : answers.get(key, () => readMarks(root, executable));
}

/** Marks of a file below `root`, a directory without a slash at its end. */
export function readMarks(root: string, program: string): Marks {
  const { needed, strings } = readDynamicStrings(join(root, program));
  const exports = (name: string): boolean => strings.includes(`\0${name}`, 0, 'latin1');
  return {
    isEngine: symbols.some(exports),
    usesEngine: isLinkedWithEngine(root, program, needed),
    isPython: needed.some((name) => name.startsWith('libpython')) || exports('Py_BytesMain'),
  };
}

function isLinkedWithEngine(root: string, program: string, needed: readonly string[]): boolean {
  const directory = dirname(program);
  if (companions.some((name) => isSystemFile(root, join(directory, name)))) return true;
  const waiting = [...needed];
  const seen = new Set(waiting);
  for (let index = 0; index < waiting.length && index < maxLibraries; index++) {
    const name = waiting[index] ?? '';
    if (libraries.test(name)) return true;
    if (name.startsWith(notFollowed) || name.includes('/')) continue;
    for (const more of neededBy(root, directory, name)) {
      if (!seen.has(more)) waiting.push(more);
      seen.add(more);
    }
  }
  return false;
}

/** What a library needs, of the first directory that has it. */
function neededBy(root: string, programDirectory: string, name: string): readonly string[] {
  for (const directory of [join(programDirectory, '../lib'), ...libraryDirectories]) {
    const path = join(root, directory, name);
    if (existsSync(path)) return readDynamicStrings(path).needed;
  }
  return [];
}
