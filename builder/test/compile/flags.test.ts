import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reproducible, targetDefine, typesDefine } from '../../src/compile/flags.js';

test('registers are named in libbpf’s word for the architecture', () => {
  assert.equal(targetDefine('x86_64'), '-D__TARGET_ARCH_x86');
  assert.equal(targetDefine('aarch64'), '-D__TARGET_ARCH_arm64');
});

test('the sources are told where types come from in the words of bpf/kernel_types.h', () => {
  assert.deepEqual((['headers', 'btf', 'core'] as const).map(typesDefine), [
    '-DTRACEE_TYPES_HEADERS=1',
    '-DTRACEE_TYPES_BTF=1',
    '-DTRACEE_TYPES_CORE=1',
  ]);
});

const roots = [
  ['/job/include', 'include'],
  ['/job', 'job'],
] as const;

test('the most specific directory is mapped last, since clang takes the last that fits', () => {
  const mapped = reproducible(roots).filter((flag) => flag.startsWith('-fdebug-prefix-map'));
  assert.deepEqual(mapped, ['-fdebug-prefix-map=/job=job', '-fdebug-prefix-map=/job/include=include']);
});
