import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findHierarchy, type Hierarchy } from '../../src/containers/hierarchy.js';

const controllers = `#subsys_name\thierarchy\tnum_cgroups\tenabled
cpuset\t4\t3\t1
cpu\t2\t40\t1
blkio\t7\t40\t1
memory\t9\t80\t1
pids\t11\t60\t1
`;

const unified = '30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate';
const hybrid = [
  '31 24 0:27 / /sys/fs/cgroup ro shared:9 - tmpfs tmpfs ro,mode=755',
  '32 31 0:28 / /sys/fs/cgroup/unified rw shared:10 - cgroup2 cgroup2 rw',
  '33 31 0:29 / /sys/fs/cgroup/systemd rw shared:11 - cgroup cgroup rw,xattr,name=systemd',
  '34 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw shared:12 - cgroup cgroup rw,cpu,cpuacct',
  String.raw`35 31 0:31 / /sys/fs/cgroup/the\040pids rw shared:13 - cgroup cgroup rw,pids`,
].join('\n');

/** A kernel without types of its own, unless its numbers are known. */
function hierarchyOn(
  mounts: string,
  numberOf: (controller: string) => number | undefined = () => undefined,
): Hierarchy | undefined {
  const proc = mkdtempSync(join(tmpdir(), 'tracee-proc-'));
  try {
    mkdirSync(join(proc, 'self'));
    writeFileSync(join(proc, 'self/mountinfo'), mounts);
    writeFileSync(join(proc, 'cgroups'), controllers);
    return findHierarchy(proc, numberOf);
  } finally {
    rmSync(proc, { recursive: true });
  }
}

test('where cgroup v2 alone is mounted its hierarchy tells containers apart', () => {
  assert.deepEqual(
    { ...hierarchyOn(unified), isWhole: true },
    { host: '', mount: '/sys/fs/cgroup', isWhole: true, controller: undefined },
  );
});

test('where controllers of v1 are mounted engines use those, whatever stands beside', () => {
  const found = hierarchyOn(hybrid);
  assert.equal(found?.mount, '/sys/fs/cgroup/the pids');
  assert.deepEqual(found.controller, { name: 'pids', index: 4 });
  const cpuset = hierarchyOn(`${hybrid}\n36 31 0:32 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset`);
  assert.deepEqual(cpuset?.controller, { name: 'cpuset', index: 0 });
});

test('the kernel itself says what number a controller has: newer ones list but some of them', () => {
  const numbers: Record<string, number> = { pids: 11, cpu: 1 };
  const found = hierarchyOn(hybrid, (name) => numbers[name]);
  assert.deepEqual(found?.controller, { name: 'pids', index: 11 });
});

test('a host without cgroups has no hierarchy', () => {
  assert.equal(hierarchyOn('22 1 8:1 / / rw - ext4 /dev/sda1 rw'), undefined);
  assert.equal(hierarchyOn('garbage\n\n - \n1 2 - x'), undefined);
});

test('the hierarchy of this host is found, and known to be whole by its first number', () => {
  const found = findHierarchy();
  assert.ok(found !== undefined);
  assert.equal(typeof found.isWhole, 'boolean');
  assert.match(found.mount, /^\//);
});
