import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue } from '../../src/events/catalogue/index.js';
import { runProgram, type Outcome } from './program.js';

const ebpf = (...args: readonly string[]): Outcome => runProgram('tracee-ebpf', args);

test('events are listed as the original lists them: system calls, then the others', () => {
  const { stdout, status } = ebpf('--list');
  assert.equal(status, 0);
  const lines = stdout.split('\n');
  assert.equal(lines[0], `System Calls: ${' '.repeat(9)}Sets:${' '.repeat(36)}Arguments:`);
  assert.equal(lines[1], `____________  ${' '.repeat(9)}____ ${' '.repeat(36)}_________`);
  assert.equal(lines[2], '');
  assert.match(lines[3] ?? '', /^read +\[syscalls fs fs_read_write\] +\(int fd, void\* buf, size_t count\)$/);
  assert.ok(lines.includes(`Other Events: ${' '.repeat(9)}Sets:${' '.repeat(36)}Arguments:`));
  for (const { name } of catalogue)
    assert.ok(
      lines.some((line) => line.startsWith(`${name} `)),
      name,
    );
  assert.match(stdout, /\n\n\nOther Events/);
});

test('long options may have one dash', () => {
  assert.equal(ebpf('-list').stdout, ebpf('-l').stdout);
  assert.equal(ebpf('-output', 'help').stdout, ebpf('--output', 'help').stdout);
  assert.match(ebpf('-output=help').stdout, /^How events are printed/);
});

for (const [words, message] of [
  [['--output', 'out-file:/a', 'err-file:/b'], /"err-file:\/b" belongs to no option/],
  [['trace'], /"trace" belongs to no option/],
  [['--perf-buffer-size', '1000'], /power of two/],
  [['-b', '0'], /power of two/],
  [['--blob-perf-buffer-size', '-4'], /power of two/],
  [['--build-policy', 'sometimes'], /never, always, if-needed/],
  [['--output', 'foo'], /--output foo is no format/],
  [['--trace', 'event=frob'], /there is no event "frob"/],
  [['--frob'], /unknown option '--frob'/],
] as const) {
  test(`tracee-ebpf ${words.join(' ')} is refused, before anything is traced`, () => {
    const { status, stderr, stdout } = ebpf(...words);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, message);
  });
}

test('its version is told as the original tells it', () => {
  assert.match(ebpf('--version').stdout, /^Tracee version \d+\.\d+\.\d+\n$/);
});
