import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { builder, root, run, tracee, type Outcome } from './harness.js';

/* Each refusal has its status, names what was met, and says what mends it. Needs root, a compiler and BTF. */

const nobody = 65534;
const directory = mkdtempSync(join(tmpdir(), 'tracee-refusals-'));
after(() => {
  rmSync(directory, { recursive: true, force: true });
});

const good = buildObject(['--btf', '/sys/kernel/btf/vmlinux']);

function buildObject(args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const outcome = run(builder, ['build', '--output', mkdtempSync(join(directory, 'object-')), ...args], {
    env,
  });
  assert.equal(outcome.status, 0, outcome.stderr);
  return outcome.stdout.trim();
}

/** A copy of the good object, spoiled. */
function spoiled(name: string, spoil: (path: string) => void): string {
  const path = join(directory, name);
  copyFileSync(good, path);
  chmodSync(path, 0o644);
  spoil(path);
  return path;
}

function detectWith(object: string, env: NodeJS.ProcessEnv = {}): Outcome {
  return run(tracee, ['--', '/bin/true'], { env: { ...env, TRACEE_BPF_FILE: object } });
}

function expectRefusal(outcome: Outcome, status: number, ...patterns: RegExp[]): void {
  for (const pattern of patterns) assert.match(outcome.stderr, pattern);
  assert.equal(outcome.status, status, outcome.stderr);
}

test('the object that the others are spoiled from is accepted', () => {
  expectRefusal(detectWith(good), 0);
});

test('no object: every place that was looked at is listed', () => {
  const empty = mkdtempSync(join(directory, 'empty-'));
  const outcome = run(tracee, ['--no-portable', '--install-path', empty]);
  expectRefusal(outcome, 3, new RegExp(empty), new RegExp(release().replaceAll('.', '_')), /make bpf/);
});

test('an object for another kernel is refused with both releases named', () => {
  const other = buildObject(['--btf', '/sys/kernel/btf/vmlinux', '--kernel', '9.9.9-other']);
  expectRefusal(detectWith(other), 3, /9\.9\.9-other/, new RegExp(release()));
});

test('an object of another version is refused with both versions named', () => {
  const other = buildObject(['--btf', '/sys/kernel/btf/vmlinux'], { VERSION: 'v7.7.7' });
  expectRefusal(detectWith(other), 3, /7\.7\.7/, /0\.1\.0/);
});

test('an object of another ABI is refused', () => {
  const sources = join(directory, 'sources');
  cpSync(`${root}bpf`, sources, { recursive: true });
  const header = join(sources, 'generated/events.h');
  writeFileSync(
    header,
    readFileSync(header, 'utf8').replace(/TRACEE_ABI "[0-9a-f]{64}"/, `TRACEE_ABI "${'a'.repeat(64)}"`),
  );
  const other = buildObject(['--btf', '/sys/kernel/btf/vmlinux', '--sources', sources]);
  expectRefusal(detectWith(other), 3, /ABI/i, /make bpf|tracee-builder/);
});

test('a truncated object is refused', () => {
  expectRefusal(detectWith(spoiled('truncated.o', (path) => truncateSync(path, 5000))), 3, /truncated\.o/);
});

test('an ELF that is no BPF object is refused', () => {
  expectRefusal(detectWith(spoiled('elf.o', (path) => copyFileSync('/bin/true', path))), 3, /elf\.o/, /BPF/);
});

test('one flipped byte is noticed', () => {
  const flipped = spoiled('flipped.o', (path) => {
    const bytes = readFileSync(path);
    bytes[4096] = (bytes[4096] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  });
  expectRefusal(detectWith(flipped), 3, /digest/);
});

test('an object of another user is refused', () => {
  expectRefusal(
    detectWith(spoiled('owned.o', (path) => chownSync(path, nobody, nobody))),
    3,
    /65534/,
    /chown/,
  );
});

test('an object that anyone may write is refused', () => {
  expectRefusal(detectWith(spoiled('writable.o', (path) => chmodSync(path, 0o666))), 3, /666/, /chmod/);
});

test('a symbolic link in place of the object is refused', () => {
  const link = join(directory, 'link.o');
  symlinkSync(good, link);
  expectRefusal(detectWith(link), 3, /symbolic link/);
});

test('a spoiled object in the install path gives one warning, and the portable object serves', () => {
  const installed = mkdtempSync(join(directory, 'installed-'));
  const name = good.slice(good.lastIndexOf('/') + 1);
  writeFileSync(join(installed, name), 'not an object', { mode: 0o644 });
  const outcome = run(tracee, ['--install-path', installed, '--', '/bin/true']);
  expectRefusal(outcome, 0, /warning: .*not an ELF|warning: /, /core/);
  assert.equal(outcome.stderr.split('warning:').length, 2, outcome.stderr);
});

test('an unprivileged user is told exactly which capabilities are missing', () => {
  expectRefusal(
    run(tracee, [], { uid: nobody }),
    4,
    /CAP_BPF and CAP_PERFMON/,
    /--cap-add BPF --cap-add PERFMON/,
  );
});

test('listing rules and events needs no privileges', () => {
  assert.match(run(tracee, ['--list'], { uid: nobody }).stdout, /TRC-2 +Anti-Debugging/);
  assert.match(run(tracee, ['trace', '--list'], { uid: nobody }).stdout, /ptrace +\[default syscalls proc\]/);
});

test('an unknown event, rule, flag or command is met with the nearest one', () => {
  expectRefusal(run(tracee, ['trace', '--trace', 'event=ptrase']), 2, /"ptrase"/, /did you mean ptrace\?/);
  expectRefusal(run(tracee, ['--rules', 'TRC-22']), 2, /"TRC-22"/, /did you mean TRC-2\?/);
  expectRefusal(run(tracee, ['--rulse', 'TRC-2']), 2, /--rulse/, /--rules/);
  expectRefusal(run(tracee, ['trace', '--trace', 'colour=red']), 2, /colour=red/, /event=NAME/);
});

test('headers of another release are refused with both releases named', () => {
  const headers = fakeHeaders('mismatch');
  const outcome = run(builder, ['build', '--kernel', '6.1.0-1-amd64', '--headers', headers]);
  expectRefusal(outcome, 6, /5\.5\.5-fake/, /6\.1\.0-1-amd64/, /--allow-mismatch/);
});

test('a link of a header tree that leads nowhere is named with the missing mount', () => {
  const headers = fakeHeaders('dangling');
  symlinkSync('/usr/src/linux-headers-common-not-here/include/net', join(headers, 'include/net'));
  const outcome = run(builder, ['build', '--kernel', '5.5.5-fake', '--headers', headers]);
  expectRefusal(outcome, 6, /include\/net points to \/usr\/src\/linux-headers-common-not-here/, /also mount/);
});

test('a clang that is too old is refused with its path and version', () => {
  const stand = join(directory, 'clang');
  writeFileSync(stand, '#!/bin/sh\necho "clang version 8.0.1-9"\n', { mode: 0o755 });
  const outcome = run(builder, ['build', '--btf'], { env: { CLANG: stand } });
  expectRefusal(outcome, 6, /clang 8\.0\.1/, /11\.0\.0 or newer/, /apt-get install/);
});

test('no headers and no BTF for a kernel: every place is listed', () => {
  const outcome = run(builder, ['build', '--kernel', '4.4.4-none']);
  expectRefusal(outcome, 6, /\/lib\/modules\/4\.4\.4-none\/build/, /KERN_HEADERS/);
});

/** The few files that make a directory a header tree, of kernel 5.5.5-fake. */
function fakeHeaders(name: string): string {
  const tree = join(directory, name);
  mkdirSync(join(tree, 'include/generated'), { recursive: true });
  mkdirSync(join(tree, 'include/linux'), { recursive: true });
  writeFileSync(join(tree, 'include/generated/utsrelease.h'), '#define UTS_RELEASE "5.5.5-fake"\n');
  writeFileSync(
    join(tree, 'include/generated/autoconf.h'),
    '#define CONFIG_X86_64 1\n#define CONFIG_ARM64 1\n',
  );
  writeFileSync(join(tree, 'include/linux/kconfig.h'), '#include <generated/autoconf.h>\n');
  return tree;
}
