import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { machine } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Architecture, describePrograms, readElf } from 'tracee/artifact';
import { compile } from '../../src/compile/compile.js';
import { sha256 } from '../../src/digest.js';
import { findHeaders, kernelBtf, type TypeOrigin } from '../../src/kernel/headers.js';
import { addManifest } from '../../src/manifest.js';
import { realSources, smallSources } from '../fixtures/bpf.js';
import { createJob, portable, toolchain, writeBtf } from '../fixtures/job.js';
import {
  buildHalf,
  debian,
  release,
  sourceHalf,
  writeDebianHalves,
  writeWholeTree,
} from '../fixtures/header-tree.js';
import { createDirectory, errorOf, link, writeFiles } from '../fixtures/scratch.js';

/** Headers as a user would name them. */
function headersIn(directories: string[], arch: Architecture = 'x86_64'): TypeOrigin {
  return findHeaders({
    kernel: { release, arch, isRunning: false },
    directories,
    allowMismatch: false,
    onMiss: (place, reason) => assert.fail(`${place}: ${reason}`),
  });
}

/** The immediate operands of an object's code: where it reads in a structure is one of them. */
function immediates(object: Uint8Array): number[] {
  const code = readElf(object, 'object').sections.find(({ name }) => name === 'raw_tp/sys_enter');
  assert.ok(code);
  const view = new DataView(code.bytes.buffer, code.bytes.byteOffset, code.size);
  return Array.from({ length: code.size / 8 }, (_, index) => view.getInt32(index * 8 + 4, true));
}

/** The same job in two directories: equal bytes, and no directory in them. */
async function expectReproducible(
  parent: string,
  sources: string,
  originIn: (directory: string) => TypeOrigin,
): Promise<Uint8Array> {
  const makeIn = async (directory: string): Promise<Uint8Array> => {
    writeFiles(directory, { 'made-here': '' });
    const job = createJob(directory, { sources, origin: originIn(directory) });
    const bytes = Buffer.from(await addManifest(await compile(job), job, '0.1.0'));
    for (const path of [directory, job.workDirectory, '/tmp/', 'builder-test-', 'deeper', process.cwd()]) {
      assert.ok(!bytes.includes(path), `${path} is in the object`);
    }
    return bytes;
  };
  const [one, other] = await Promise.all([
    makeIn(join(parent, 'one')),
    makeIn(join(parent, 'deeper/and with a blank')),
  ]);
  assert.equal(sha256(one), sha256(other));
  return one;
}

test('the real sources make the same portable object in any directory', async (context) => {
  const object = await expectReproducible(createDirectory(context), realSources, () => portable);
  const { programs, usesJmp32 } = describePrograms(object, 'portable object');
  assert.ok(programs.some(({ name }) => name === 'identify_self'));
  assert.equal(usesJmp32, false);
});

test('the real sources make the same object from this kernel’s BTF in any directory', async (context) => {
  const btf: TypeOrigin = { types: 'btf', where: kernelBtf, path: kernelBtf };
  const object = await expectReproducible(createDirectory(context), realSources, () => btf);
  const { programs, usesJmp32 } = describePrograms(object, 'object');
  assert.ok(programs.some(({ name }) => name === 'identify_self'));
  assert.equal(usesJmp32, false);
});

test('headers make the same object in any directory', async (context) => {
  await expectReproducible(createDirectory(context), smallSources, (directory) =>
    headersIn([writeWholeTree(join(directory, 'linux'))]),
  );
});

test('an object keeps its BTF and has no debug information', async (context) => {
  const { object } = await compile(createJob(createDirectory(context)));
  const names = readElf(readFileSync(object), object).sections.map(({ name }) => name);
  assert.ok(names.includes('.BTF') && names.includes('.BTF.ext'), names.join());
  assert.deepEqual(
    names.filter((name) => name.startsWith('.debug')),
    [],
  );
});

test('a named BTF file gives the types', async (context) => {
  const directory = createDirectory(context);
  const path = writeBtf(directory);
  const { object, headers } = await compile(
    createJob(directory, { origin: { types: 'btf', where: path, path } }),
  );
  assert.deepEqual(headers, []);
  assert.deepEqual(
    describePrograms(readFileSync(object), object).programs.map(({ name }) => name),
    ['on_enter'],
  );
});

test('a file without BTF is refused by its name', async (context) => {
  const directory = writeFiles(createDirectory(context), { vmlinux: 'no types in here\n' });
  const path = join(directory, 'vmlinux');
  const error = await errorOf(() =>
    compile(createJob(directory, { origin: { types: 'btf', where: path, path } })),
  );
  assert.equal(error.code, 'COMPILE_FAILED');
  assert.equal(error.status, 6);
  assert.ok(error.message.startsWith(`${path} gives no types:`), error.message);
  assert.match(error.hint ?? '', /\/sys\/kernel\/btf\/vmlinux/);
});

test('headers of both halves are read, each named by its half', async (context) => {
  const directory = createDirectory(context);
  const { build, source } = writeDebianHalves(directory);
  const origin = headersIn([build]);
  const { object, headers } = await compile(createJob(directory, { origin }));
  assert.deepEqual(headers.map(({ name }) => name).toSorted(), [
    'build/include/generated/autoconf.h',
    'source/arch/x86/include/asm/counter.h',
    'source/include/linux/kconfig.h',
    'source/include/linux/sched.h',
    'source/include/linux/types.h',
  ]);
  const sched = headers.find(({ name }) => name === 'source/include/linux/sched.h');
  assert.ok(sched);
  assert.deepEqual(Buffer.from(sched.bytes), readFileSync(join(source, 'include/linux/sched.h')));
  assert.ok(immediates(readFileSync(object)).includes(24), 'reads task_struct.pid at 24');
});

test('headers are read from a directory with a blank in its name', async (context) => {
  const directory = createDirectory(context);
  const tree = writeWholeTree(join(directory, 'my headers'));
  const { headers } = await compile(createJob(directory, { origin: headersIn([tree]) }));
  assert.equal(headers.length, 5);
});

test('offsets are those of the headers', async (context) => {
  const directory = createDirectory(context);
  const tree = writeFiles(join(directory, 'linux'), {
    ...buildHalf(),
    ...sourceHalf({ pidOffset: 4242 * 4 }),
  });
  const { object } = await compile(createJob(directory, { origin: headersIn([tree]) }));
  assert.ok(immediates(readFileSync(object)).includes(4242 * 4));
});

test('an unpacked package is compiled through its own links, not the machine’s', async (context) => {
  const directory = createDirectory(context);
  const { build, source } = writeDebianHalves(directory);
  const moved = 'usr/src/linux-moved/sched.h';
  writeFiles(directory, { [moved]: sourceHalf({ pidOffset: 1236 })['include/linux/sched.h'] ?? '' });
  writeFiles(source, { 'include/linux/sched/kept.h': '' });
  const path = join(source, 'include/linux/redirected.h');
  link(path, `/${moved}`);
  writeFileSync(join(source, 'include/linux/sched.h'), '#include <linux/redirected.h>\n');
  assert.ok(!existsSync(path), 'the link dangles as the file system sees it');
  const { object, headers } = await compile(createJob(directory, { origin: headersIn([build]) }));
  assert.ok(immediates(readFileSync(object)).includes(1236));
  assert.ok(headers.some(({ name }) => name === 'source/include/linux/redirected.h'));
  assert.ok(headers.every(({ name }) => !name.includes(debian.source)));
});

test('headers of another architecture are compiled by a front end for it', async (context) => {
  const arch = machine() === 'x86_64' ? 'aarch64' : 'x86_64';
  const directory = createDirectory(context);
  const tree = writeWholeTree(join(directory, 'linux'), { arch });
  const job = createJob(directory, {
    kernel: { release, arch, isRunning: false },
    origin: headersIn([tree], arch),
  });
  const { object } = await compile(job);
  assert.equal(describePrograms(readFileSync(object), object).programs.length, 1);
});

test('clang does both steps where there is no llc', async (context) => {
  const directory = createDirectory(context);
  const origin = headersIn([writeWholeTree(join(directory, 'linux'))]);
  const { object } = await compile(
    createJob(directory, { origin, toolchain: { ...toolchain, llc: undefined } }),
  );
  assert.ok(immediates(readFileSync(object)).includes(24));
  assert.equal(describePrograms(readFileSync(object), object).usesJmp32, false);
});

test('a header that is missing is told as an incomplete tree', async (context) => {
  const directory = createDirectory(context);
  const tree = writeWholeTree(join(directory, 'linux'));
  writeFiles(tree, { 'include/linux/sched.h': '#include <linux/absent.h>\n' });
  const error = await errorOf(() => compile(createJob(directory, { origin: headersIn([tree]) })));
  assert.equal(error.code, 'COMPILE_FAILED');
  assert.match(error.message, /the header tree is not complete.*\n.*'linux\/absent\.h' file not found/);
});

test('an error in the sources is shown with its place', async (context) => {
  const directory = createDirectory(context);
  const job = createJob(directory);
  writeFileSync(join(job.sources.directory, 'tracee.bpf.c'), 'int broken(void) { return missing; }\n');
  const error = await errorOf(() => compile(job));
  assert.equal(error.code, 'COMPILE_FAILED');
  assert.match(error.message, /tracee\.bpf\.c:1:27: error: use of undeclared identifier 'missing'/);
});

test('a compile that was called off ends with an error', async (context) => {
  const error = await errorOf(() =>
    compile(createJob(createDirectory(context), { signal: AbortSignal.abort() })),
  );
  assert.equal(error.code, 'COMPILE_FAILED');
});
