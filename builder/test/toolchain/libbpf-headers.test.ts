import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { findLibbpfHeaders } from '../../src/toolchain/libbpf-headers.js';
import { createDirectory, errorOf, writeFiles } from '../fixtures/scratch.js';

const installed = '/usr/include';

test('the installed headers tell their version and the names of helpers', () => {
  const { directory, version, digest, helperNames } = findLibbpfHeaders(installed);
  assert.equal(directory, '/usr/include/bpf');
  assert.match(version, /^[1-9]\d*\.\d+$/);
  assert.match(digest, /^[0-9a-f]{64}$/);
  // Stable numbers of the kernel's interface: include/uapi/linux/bpf.h.
  assert.equal(helperNames.get(1), 'bpf_map_lookup_elem');
  assert.equal(helperNames.get(113), 'bpf_probe_read_kernel');
  assert.equal(helperNames.get(131), 'bpf_ringbuf_reserve');
  assert.ok(helperNames.size > 150, `${helperNames.size} helpers`);
});

test('the digest follows the contents, not the place', (context) => {
  const root = createDirectory(context);
  cpSync('/usr/include/bpf', join(root, 'bpf'), { recursive: true });
  const { digest } = findLibbpfHeaders(installed);
  assert.equal(findLibbpfHeaders(root).digest, digest);
  writeFiles(root, { 'bpf/bpf_tracing.h': '/* another */' });
  assert.notEqual(findLibbpfHeaders(root).digest, digest);
});

test('a relative directory is made absolute, since the compiler runs elsewhere', () => {
  assert.equal(findLibbpfHeaders(relative(process.cwd(), installed)).directory, '/usr/include/bpf');
});

test('headers without a version file are version 0.0', (context) => {
  const root = createDirectory(context);
  cpSync('/usr/include/bpf', join(root, 'bpf'), { recursive: true });
  rmSync(join(root, 'bpf/libbpf_version.h'));
  assert.equal(findLibbpfHeaders(root).version, '0.0');
});

test('helpers are read in both spellings of their declaration', (context) => {
  const root = writeFiles(createDirectory(context), {
    'bpf/bpf_helpers.h': '',
    'bpf/bpf_tracing.h': '',
    'bpf/bpf_core_read.h': '',
    'bpf/bpf_helper_defs.h': [
      'static void *(*bpf_map_lookup_elem)(void *map, const void *key) = (void *) 1;',
      'static long (* const bpf_map_update_elem)(void *map,',
      '\tconst void *key) = (void *) 2;',
      'static __u64 (*const bpf_ktime_get_ns)(void) = (void *)5;',
    ].join('\n'),
  });
  assert.deepEqual(
    [...findLibbpfHeaders(root).helperNames],
    [
      [1, 'bpf_map_lookup_elem'],
      [2, 'bpf_map_update_elem'],
      [5, 'bpf_ktime_get_ns'],
    ],
  );
});

test('every missing header is named, with what to install', async (context) => {
  const root = writeFiles(createDirectory(context), { 'bpf/bpf_helpers.h': '', 'bpf/bpf_tracing.h': '' });
  const error = await errorOf(() => findLibbpfHeaders(root));
  assert.equal(error.code, 'TOOLCHAIN_MISSING');
  assert.equal(error.status, 6);
  assert.equal(
    error.message,
    `libbpf's headers are not in ${join(root, 'bpf')}: no bpf_helper_defs.h, bpf_core_read.h`,
  );
  assert.match(error.hint ?? '', /libbpf-dev.*--libbpf-headers/);
});
