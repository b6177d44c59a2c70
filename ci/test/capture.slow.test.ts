import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findModule } from '../detection/dist/module.js';
import { prepareGuest } from '../matrix/dist/guest.js';
import { buildObject } from '../matrix/dist/objects.js';
import { fetchKernel } from '../vm/dist/fetch.js';
import { findKernelRow } from '../vm/dist/kernels.js';
import { runInVm } from '../vm/dist/run.js';
import { readSettings } from '../vm/dist/settings.js';

/* What captures do where only a virtual machine may be used: a real module, a full disk, a whole host. */

const settings = readSettings(process.env);
const tracee = 'node /tracee/runtime/dist/cli/main.js trace --trace event=ptrace';

/** Each ends with its name and what it ended with. */
const steps = {
  module: `${tracee} --capture module --capture dir:/captures/module -- /bin/busybox insmod /module.ko; cat /captures/module/out/*/module.*.module.ko | sha256sum`,
  unscoped: `
    ${tracee} --capture exec --capture dir:/captures/host & tracee=$!
    until [ -e /captures/host/out/tracee.pid ]; do sleep 0.2; done
    cp /bin/busybox /tmp/sleep; /tmp/sleep 1; kill $tracee; wait $tracee; status=$?
    cat /captures/host/out/*/exec.*.sleep | cmp - /bin/busybox && echo same
    (exit $status)`,
  full: `
    mkdir /small && mount -t tmpfs -o size=256k,mode=755 none /small
    ${tracee} --capture 'write=/tmp/big*' --capture dir:/small -- /bin/sh -c 'head -c 1000000 /dev/zero > /tmp/big; echo written'
    status=$?; df -k /small | tail -n 1; (exit $status)`,
} as const;

test('a real module, a whole host and a full disk on debian-6.1', async (context) => {
  const kernel = 'debian-6.1';
  const directory = mkdtempSync(join(tmpdir(), 'tracee-capture-vm-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  const { modulesDir } = await fetchKernel(findKernelRow(kernel), { settings });
  const module = await findModule(modulesDir, 'drivers/net/dummy');
  assert.ok(module !== undefined);
  writeFileSync(join(directory, 'module.ko'), module);
  const object = await buildObject(kernel, 'portable', join(directory, 'objects'), settings);
  const script = Object.entries(steps)
    .map(([name, command]) => `echo "step ${name}"\n( ${command} ) 2>&1\necho "status $?"`)
    .join('\n');
  const { stdout } = await runInVm({
    ...{ settings, kernel, timeoutMs: 900_000 },
    command: ['/bin/sh', '-c', script],
    env: { TRACEE_BPF_FILE: '/objects/tracee.o' },
    files: [
      ...(await prepareGuest(join(directory, 'guest'), [])),
      { from: object, to: '/objects/tracee.o' },
      { from: join(directory, 'module.ko'), to: '/module.ko' },
    ],
  });
  const outputs = new Map(
    stdout
      .split(/^step /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part] as const),
  );
  const of = (name: keyof typeof steps): string => outputs.get(name) ?? `${name} is not in ${stdout}`;
  assert.match(of('module'), new RegExp(createHash('sha256').update(module).digest('hex')));
  assert.match(of('unscoped'), /^same$/m);
  assert.match(of('full'), /^written$/m);
  assert.match(of('full'), /not everything is captured: artifacts cannot be written: ENOSPC/);
  assert.match(of('full'), /not captured, \d+ times? \(\d+ bytes\): artifacts cannot be written: ENOSPC/);
  for (const name of Object.keys(steps) as (keyof typeof steps)[])
    assert.match(of(name), /^status 0$/m, of(name));
});
