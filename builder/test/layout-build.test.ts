import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

import { findMember, findStructures } from '../../runtime/src/artifact/btf/members.js';
import { readBtf, recordOf } from '../../runtime/src/artifact/btf/types.js';
import { findTargetBtf, readTargetBtf } from '../src/layout/target.js';

const builder = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const kernelBtf = '/sys/kernel/btf/vmlinux';

function createDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-layout-test-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  return directory;
}

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [builder, ...args], { encoding: 'utf8' });
}

/** The running kernel's BTF with one member of `task_struct` eight bytes later. */
function kernelWithMovedParent(): { bytes: Buffer; offset: number } {
  const bytes = readFileSync(kernelBtf);
  const btf = readBtf(bytes, kernelBtf);
  const [id = 0] = findStructures(btf, ['task_struct']).get('task_struct') ?? [];
  const place = findMember(btf, id, 'real_parent');
  assert.ok(place !== undefined && !place.isBitField);
  const record = recordOf(btf, id);
  // The one member that begins at this bit; what is above the 24 bits is a bit field's width, here 0.
  for (let at = record + 12; ; at += 12) {
    if (bytes.readUInt32LE(at + 8) !== place.bitOffset) continue;
    bytes.writeUInt32LE(place.bitOffset + 64, at + 8);
    return { bytes, offset: place.bitOffset / 8 };
  }
}

test('an object from the running kernel’s BTF has its layout, and inspect prints it', (context) => {
  const output = createDirectory(context);
  const built = run('build', '--btf', '--output', output);
  assert.equal(built.status, 0, built.stderr);
  assert.match(built.stderr, /all \d+ kernel members stand where \/sys\/kernel\/btf\/vmlinux has them/);
  const inspected = run('inspect', built.stdout.trim());
  assert.equal(inspected.status, 0, inspected.stderr);
  const { offset } = kernelWithMovedParent();
  assert.match(inspected.stdout, new RegExp(`^ +task_struct\\.real_parent +offset ${offset} +size 8$`, 'm'));
  assert.match(inspected.stdout, /^ +sizeof\(struct upid\) +size 16$/m);
  const { layout } = JSON.parse(run('inspect', '--json', built.stdout.trim()).stdout) as {
    layout: unknown[];
  };
  assert.deepEqual(
    layout.find((one) => JSON.stringify(one).includes('real_parent')),
    { struct: 'task_struct', member: 'real_parent', offset, size: 8 },
  );
});

test('an object is not published where the named BTF of its target differs', (context) => {
  const directory = createDirectory(context);
  const output = createDirectory(context);
  const moved = kernelWithMovedParent();
  const target = join(directory, 'target.btf');
  writeFileSync(target, moved.bytes);
  const { status, stderr } = run('build', '--btf', '--btf-check', target, '--output', output);
  assert.equal(status, 6, stderr);
  assert.ok(
    stderr.includes(
      `${kernelBtf} describes another build of the kernel than ${target}: ` +
        `task_struct.real_parent is at ${moved.offset} in the object, but at ${moved.offset + 8} in ${target}\n`,
    ),
    stderr,
  );
  assert.deepEqual(readdirSync(output), []);
});

test('a named target that is not there, or has no BTF, is refused before anything is compiled', (context) => {
  const output = createDirectory(context);
  const absent = run('build', '--btf', '--btf-check', '/no/such/file', '--output', output);
  assert.equal(absent.status, 6);
  assert.match(absent.stderr, /\/no\/such\/file cannot be read\n {2}name raw BTF, a vmlinux or a vmlinuz/);
  const program = run('build', '--btf', '--btf-check', process.execPath, '--output', output);
  assert.equal(program.status, 3);
  assert.match(program.stderr, /has no \.BTF section/);
});

test('a portable object is compared with nothing', async () => {
  const kernel = { release: '6.1.0', arch: 'x86_64', isRunning: true } as const;
  assert.equal(await findTargetBtf(undefined, kernel, { types: 'core', where: 'core_types.h' }), undefined);
});

test('the running kernel’s BTF is only taken for objects for the running kernel', async () => {
  const origin = { types: 'btf', where: kernelBtf, path: kernelBtf } as const;
  const kernel = { release: '6.1.0', arch: 'x86_64', isRunning: true } as const;
  assert.equal((await findTargetBtf(undefined, kernel, origin))?.path, kernelBtf);
  assert.equal(await findTargetBtf(undefined, { ...kernel, isRunning: false }, origin), undefined);
  assert.ok(readFileSync(kernelBtf).equals(await readTargetBtf(kernelBtf)));
});
