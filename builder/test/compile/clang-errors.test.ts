import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { compileError } from '../../src/compile/clang-errors.js';
import { createDirectory, writeFiles } from '../fixtures/scratch.js';

/** What a tool of this machine says when it fails on `text`. */
function failureOutput(context: TestContext, text: string, tool: string, ...args: string[]): string {
  const path = join(writeFiles(createDirectory(context), { input: text }), 'input');
  const { status, stderr } = spawnSync(tool, [...args, path], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  assert.notEqual(status, 0, `${tool} did not fail`);
  return stderr;
}

const clang =
  (text: string, ...args: string[]) =>
  (context: TestContext): string =>
    failureOutput(context, text, 'clang', '-xc', '-nostdinc', ...args);

/* The outputs of real tools where this machine's make them, else as older ones and kernels word them. */
const symptoms: [what: string, output: (context: TestContext) => string, cause: RegExp, mend: RegExp][] = [
  [
    'IR of a newer clang',
    (context) =>
      failureOutput(
        context,
        'define ptr @f(ptr %0) {\n  ret ptr %0\n}\n',
        'llc',
        '-march=bpf',
        '-o',
        '/dev/null',
      ),
    /clang and llc are of different majors/,
    /LLC/,
  ],
  [
    'bitcode with records of a newer clang',
    () =>
      "llc: error: llc: tracee.bc: error: Invalid record (Producer: 'LLVM16.0.6' Reader: 'LLVM 14.0.6')\n",
    /clang and llc are of different majors/,
    /LLC/,
  ],
  [
    'an attribute of a newer clang',
    () =>
      "llc: error: tracee.bc: error: Unknown attribute kind (86) (Producer: 'LLVM17.0.6' Reader: 'LLVM 14.0.6')\n",
    /clang and llc are of different majors/,
    /LLC/,
  ],
  [
    'asm goto, which clang below 9 does not know',
    () =>
      [
        "kernel/arch/x86/include/asm/jump_label.h:23:6: error: expected '(' after 'asm'",
        '        asm goto("1:"',
        '            ^\n',
      ].join('\n'),
    /clang is too old/,
    /apt-get install clang-14/,
  ],
  [
    'a constraint of the kernel’s architecture compiled for another',
    clang(
      'int f(void) { int v; asm volatile("" : "=a"(v)); return v; }',
      '--target=bpf',
      '-c',
      '-o',
      '/dev/null',
    ),
    /front end did not run for the kernel's own architecture/,
    /--arch/,
  ],
  [
    'a word size that is not the kernel’s',
    clang('#error Inconsistent word size. Check asm/bitsperlong.h', '-c', '-o', '/dev/null'),
    /front end did not run for the kernel's own architecture/,
    /--arch/,
  ],
  ...[
    'linux/sched.h',
    'asm/page.h',
    'asm-generic/errno.h',
    'generated/bounds.h',
    'uapi/linux/bpf.h',
    'vdso/limits.h',
  ].map((name): [string, (context: TestContext) => string, RegExp, RegExp] => [
    `no ${name}`,
    clang(`#include <${name}>`, '-c', '-o', '/dev/null'),
    /header tree is not complete/,
    /both halves/,
  ]),
  [
    'a full disk',
    clang('int g;', '--target=bpf', '-c', '-o', '/dev/full'),
    /disk of the temporary directory is full/,
    /TMPDIR/,
  ],
];

for (const [what, output, cause, mend] of symptoms) {
  test(`${what}: the cause and the mend are told`, (context) => {
    const error = compileError('/usr/bin/clang', output(context));
    assert.equal(error.code, 'COMPILE_FAILED');
    assert.equal(error.status, 6);
    assert.match(error.message, /^\/usr\/bin\/clang failed \(/);
    assert.match(error.message.split('\n')[0] ?? '', cause);
    assert.match(error.hint ?? '', mend);
  });
}

test('the message begins with the first error, not with the warnings before it', (context) => {
  const text = 'int f(void) { int unused; return "1"; }\nint g(void) { return missing; }\n';
  const output = failureOutput(context, text, 'clang', '-xc', '-Wall', '-c', '-o', '/dev/null');
  const lines = compileError('clang', output).message.split('\n');
  assert.equal(lines[0], 'clang failed:');
  assert.match(lines[1] ?? '', /^ {2}\S*input:2:22: error: use of undeclared identifier 'missing'$/);
});

test('what is not in the table is shown with a way to report it', () => {
  const error = compileError('clang', 'x.c:1:1: error: something new\n');
  assert.equal(error.message, 'clang failed:\n  x.c:1:1: error: something new');
  assert.match(error.hint ?? '', /CLANG.*report/);
});

test('output without the word error is shown from its beginning', () => {
  assert.equal(compileError('clang', 'Cancelled\n').message, 'clang failed:\n  Cancelled');
});

test('a flood of errors is cut after the first lines', () => {
  const flood = Array.from({ length: 100 }, (_, index) => `x.c:${index + 1}:1: error: no`).join('\n');
  const lines = compileError('clang', flood).message.split('\n');
  assert.equal(lines.length, 9);
  assert.equal(lines.at(-1), '  x.c:8:1: error: no');
});

test('the compiler’s own stack is not shown', (context) => {
  const output = clang('int g;', '--target=bpf', '-c', '-o', '/dev/full')(context);
  assert.match(output, /Stack dump/);
  assert.doesNotMatch(compileError('clang', output).message, /Stack dump|submit a bug/);
});
