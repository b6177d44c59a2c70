import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { readKernelNames } from '../../src/check/kernel-interface.js';
import { assumeVersion } from '../../src/compile/assumed-version.js';
import { loopFlags } from '../../src/compile/flags.js';
import { compileProgram } from '../check/program-fixture.js';

const stubborn = `SEC("raw_tp/a") int program(__u64 *ctx)
{
	__u64 sum = 0;
#pragma unroll
	for (__u64 i = 0; i < ctx[0]; i++) {
		sum += bpf_get_prandom_u32();
		if (sum > ctx[1])
			continue;
		asm volatile("" : "+r"(sum) : : "memory");
	}
	return sum > 5;
}`;

test('a loop that cannot be unrolled is an error below 5.3, and a warning from there on', () => {
  assert.throws(() => compileProgram(stubborn, { flags: loopFlags('5.2.0') }), /-Wpass-failed|pass-failed/);
  assert.ok(compileProgram(stubborn, { flags: loopFlags('5.3.0') }).length > 0);
  assert.deepEqual(loopFlags('6.1.0-50-amd64+assumed-4.18'), loopFlags('4.18.0-25-generic'));
});

test('what a header tree offers is read from its bpf.h in both of its forms', (context) => {
  const tree = emptyDirectory(context);
  assert.equal(readKernelNames(tree), undefined);
  mkdirSync(join(tree, 'include/uapi/linux'), { recursive: true });
  writeFileSync(
    join(tree, 'include/uapi/linux/bpf.h'),
    'enum bpf_map_type { BPF_MAP_TYPE_UNSPEC, BPF_MAP_TYPE_HASH, };\n' +
      '\tFN(map_lookup_elem),\t\\\n\tFN(ringbuf_output, 130, ##ctx)\t\\\n',
  );
  const names = readKernelNames(tree);
  assert.ok(names);
  for (const name of ['BPF_MAP_TYPE_HASH', 'BPF_FUNC_map_lookup_elem', 'BPF_FUNC_ringbuf_output']) {
    assert.ok(names.has(name), name);
  }
});

test('an assumed version is told by linux/version.h, with the members that were there at the time', async (context) => {
  const read = async (version: string): Promise<{ version: string; sched: string }> => {
    const [include, source] = [emptyDirectory(context), emptyDirectory(context)];
    mkdirSync(join(source, 'include/linux'), { recursive: true });
    writeFileSync(join(source, 'include/linux/sched.h'), 'struct task_struct {\n\tlong state;\n};\n');
    await assumeVersion(include, version, source);
    return {
      version: readFileSync(join(include, 'linux/version.h'), 'utf8'),
      sched: readFileSync(join(include, 'linux/sched.h'), 'utf8'),
    };
  };
  const old = await read('4.18');
  assert.match(old.version, /LINUX_VERSION_CODE KERNEL_VERSION\(4, 18, 0\)/);
  assert.match(
    old.sched,
    /struct task_struct \{ struct \{ struct pid \*pid; \} pids\[4\]; __u64 real_start_time;\n/,
  );
  const newer = await read('5.4');
  assert.doesNotMatch(newer.sched, /pids/);
  assert.match(newer.sched, /real_start_time/);
});

function emptyDirectory(context: { after(callback: () => void): void }): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-compile-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}
