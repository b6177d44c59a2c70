import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundle, prepareGuest } from '../matrix/dist/guest.js';
import { buildObject } from '../matrix/dist/objects.js';
import { runInVm } from '../vm/dist/run.js';
import { readSettings } from '../vm/dist/settings.js';
import { root } from './repository.js';

/* Containers are told apart with cgroup v2, with v1 alone, and with both mounted (hybrid), on the oldest and the newest kernel. */

const settings = readSettings(process.env);

const run = 'TRACEE_BPF_FILE=/objects/portable.o node /tracee/test/dist/containers.mjs; echo "status $?"';

/** In this order: a controller that a cgroup v2 has in use is not to be had in v1. */
const script = [
  'echo "== v2"',
  run,
  'umount /sys/fs/cgroup',
  'mount -t tmpfs tmpfs /sys/fs/cgroup',
  'for one in cpuset pids memory; do mkdir /sys/fs/cgroup/$one; mount -t cgroup -o $one $one /sys/fs/cgroup/$one; done 2>/dev/null',
  'echo "== v1"',
  'cat /proc/self/cgroup',
  run,
  'mkdir /sys/fs/cgroup/unified',
  'mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified',
  'echo "== hybrid"',
  run,
].join('\n');

for (const kernel of ['debian-5.10', 'debian-7.2'] as const) {
  test(`${kernel}: containers are told with cgroup v2, v1 and both`, async (context) => {
    const directory = mkdtempSync(join(tmpdir(), 'tracee-cgroups-vm-'));
    context.after(() => rmSync(directory, { recursive: true }));
    const guest = join(directory, 'guest');
    const files = await prepareGuest(guest, []);
    await bundle(join(root, 'test/e2e/containers.test.ts'), join(guest, 'test/dist/containers.mjs'));
    const object = await buildObject(kernel, 'portable', directory, settings);
    const { stdout, stderr } = await runInVm({
      ...{ settings, kernel, timeoutMs: 900_000, programs: ['/usr/bin/unshare'] },
      files: [...files, { from: object, to: '/objects/portable.o' }],
      command: ['/bin/sh', '-c', script],
    });
    const parts = stdout.split(/^== /m).slice(1);
    assert.deepEqual(
      parts.map((part) => part.slice(0, part.indexOf('\n'))),
      ['v2', 'v1', 'hybrid'],
      stderr,
    );
    for (const part of parts) {
      assert.match(part, /^status 0$/m, part);
      assert.match(part, /^(?:# |ℹ )pass [1-9]/m, part);
      assert.match(part, /^(?:# |ℹ )skipped 0$/m, part);
    }
    assert.match(parts[1] ?? '', /:(?:cpuset|pids|memory):/);
  });
}
