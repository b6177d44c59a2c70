import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { closeIncludes } from '../../../src/toolchain/docker/include-closure.js';
import { createDirectory, writeFiles } from '../../fixtures/scratch.js';

function close(root: string, preincluded: string[] = []): string[] {
  const [sources, first, second] = ['bpf', 'first', 'second'].map((name) => join(root, name));
  assert.ok(sources !== undefined && first !== undefined && second !== undefined);
  return closeIncludes({
    sources: [join(sources, 'main.c')],
    directories: [sources, first, second],
    preincluded,
    roots: { work: join(root, 'work'), sources, headersBuild: first, headersSource: second },
  })
    .map(({ path }) => relative(root, path))
    .toSorted();
}

test('includes are followed in whatever condition, and each name is taken from the first directory that has it', (context) => {
  const root = writeFiles(createDirectory(context), {
    'bpf/main.c': '#include <a.h>\n#if 0\n  #  include <b.h>\n#endif\n',
    'first/a.h': '#include <c.h>\n',
    'second/a.h': '#error not this one\n',
    'second/b.h': '',
    'second/c.h': '#include <a.h>\n#include <stdarg.h>\n',
    'second/unused.h': '',
  });
  assert.deepEqual(close(root), ['bpf/main.c', 'first/a.h', 'second/b.h', 'second/c.h']);
});

test('a quoted name is looked for beside its includer first', (context) => {
  const root = writeFiles(createDirectory(context), {
    'bpf/main.c': '#include "sub/a.h"\n',
    'bpf/sub/a.h': '#include "b.h"\n#include "../up.h"\n#include "c.h"\n',
    'bpf/sub/b.h': '',
    'bpf/b.h': '#error not this one\n',
    'bpf/up.h': '',
    'second/c.h': '',
  });
  assert.deepEqual(close(root), ['bpf/main.c', 'bpf/sub/a.h', 'bpf/sub/b.h', 'bpf/up.h', 'second/c.h']);
});

test('include_next goes on to the other directories, and a macro that stands for a name counts as an include', (context) => {
  const root = writeFiles(createDirectory(context), {
    'bpf/main.c': '#include <a.h>\n#define HEADER "b.h"\n#include HEADER\n',
    'first/a.h': '#include_next <a.h>\n',
    'second/a.h': '',
    'second/b.h': '',
  });
  assert.deepEqual(close(root), ['bpf/main.c', 'first/a.h', 'second/a.h', 'second/b.h']);
});

test('what is included before the first line is there, through links, by the name that was included', (context) => {
  const root = writeFiles(createDirectory(context), {
    'bpf/main.c': '',
    'elsewhere/k.h': '#include <generated/a.h>\n',
    'second/generated/a.h': '',
    'first/none.h': '',
  });
  symlinkSync(join(root, 'elsewhere'), join(root, 'first/linux'));
  assert.deepEqual(close(root, ['linux/k.h']), ['bpf/main.c', 'first/linux/k.h', 'second/generated/a.h']);
});

test('nothing outside of the named directories is taken, however it is written', (context) => {
  const root = writeFiles(createDirectory(context), {
    'bpf/main.c': '#include "../secret.h"\n#include <../secret.h>\n#include "/etc/passwd"\n',
    'secret.h': '',
  });
  assert.deepEqual(close(root), ['bpf/main.c']);
});
