import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findToolchain, type Toolchain, type ToolchainWishes } from '../../src/toolchain/clang.js';
import { createDirectory, errorOf } from '../fixtures/scratch.js';
import { writeScript, writeTool } from '../fixtures/tools.js';

/** Directories of stand-in tools by name and version, each list one directory of the search path. */
function createPath(context: TestContext, ...directories: Record<string, string>[]): string {
  const root = createDirectory(context);
  const paths = directories.map((tools, index) => {
    const directory = join(root, `bin${index}`);
    mkdirSync(directory);
    for (const [name, version] of Object.entries(tools)) writeTool(join(directory, name), version);
    return directory;
  });
  return paths.join(':');
}

function find(searchPath: string, wishes: Partial<ToolchainWishes> = {}): Promise<Toolchain> {
  return findToolchain({ ...wishes, searchPath });
}

const binutils = { 'llvm-strip': '14.0.6', 'llvm-objcopy': '14.0.6' };

test('the real tools of this machine are found and tell their versions', async () => {
  const { clang, llc, strip, objcopy } = await find(process.env['PATH'] ?? '');
  for (const tool of [clang, llc, strip, objcopy]) assert.match(tool?.version ?? '', /^\d+\.\d+\.\d+$/);
  assert.equal(llc?.version, clang.version);
});

test('clang, llc and the object tools are found under their plain names', async (context) => {
  const directory = createPath(context, { clang: '14.0.6', llc: '14.0.6', ...binutils });
  assert.deepEqual(await find(directory), {
    clang: { path: join(directory, 'clang'), version: '14.0.6' },
    llc: { path: join(directory, 'llc'), version: '14.0.6' },
    strip: { path: join(directory, 'llvm-strip'), version: '14.0.6' },
    objcopy: { path: join(directory, 'llvm-objcopy'), version: '14.0.6' },
  });
});

test('the version that is known to load is preferred to the newest and to the plain name', async (context) => {
  const clangs = { clang: '19.1.7', 'clang-22': '22.1.0', 'clang-13': '13.0.1' };
  const first = createPath(context, { ...clangs, 'clang-14': '14.0.6', 'clang-16': '16.0.6', ...binutils });
  assert.equal((await find(first)).clang.version, '14.0.6');
  const second = createPath(context, { ...clangs, 'clang-16': '16.0.6', ...binutils });
  assert.equal((await find(second)).clang.version, '16.0.6');
  const third = createPath(context, { ...clangs, ...binutils });
  assert.equal((await find(third)).clang.version, '13.0.1');
});

test('a version that the table does not know is used where there is no other', async (context) => {
  const directory = createPath(context, { clang: '31.0.0', ...binutils });
  assert.equal((await find(directory)).clang.version, '31.0.0');
});

test('an earlier directory of the search path hides a program of the same name', async (context) => {
  const searchPath = createPath(context, { clang: '16.0.6' }, { clang: '14.0.6', ...binutils });
  assert.equal((await find(searchPath)).clang.version, '16.0.6');
});

test('tools of clang’s own major are preferred to the plain names', async (context) => {
  const directory = createPath(context, {
    'clang-14': '14.0.6',
    llc: '16.0.6',
    'llc-14': '14.0.6',
    'llvm-strip': '16.0.6',
    'llvm-strip-14': '14.0.6',
    'llvm-objcopy': '16.0.6',
  });
  const { llc, strip, objcopy } = await find(directory);
  assert.equal(llc?.path, join(directory, 'llc-14'));
  assert.equal(strip.path, join(directory, 'llvm-strip-14'));
  assert.equal(objcopy.version, '16.0.6');
});

test('an llc of another major on the search path is ignored: clang does both steps', async (context) => {
  const directory = createPath(context, { clang: '14.0.6', llc: '16.0.6', ...binutils });
  assert.equal((await find(directory)).llc, undefined);
});

test('an llc of another major that was named is refused with both versions', async (context) => {
  const directory = createPath(context, { clang: '14.0.6', llc: '16.0.6', ...binutils });
  const error = await errorOf(() => find(directory, { llc: join(directory, 'llc') }));
  assert.equal(error.code, 'TOOLCHAIN_UNUSABLE');
  assert.equal(error.status, 6);
  assert.match(error.message, /clang is version 14\.0\.6, but .*llc is version 16\.0\.6/);
  assert.match(error.hint ?? '', /LLC/);
});

test('a clang below 11 is refused with its version', async (context) => {
  const directory = createPath(context, { clang: '8.0.1', ...binutils });
  const error = await errorOf(() => find(directory));
  assert.equal(error.code, 'TOOLCHAIN_UNUSABLE');
  assert.match(error.message, /clang is clang 8\.0\.1, but 11\.0\.0 or newer is needed/);
  assert.match(error.hint ?? '', /apt-get install/);
});

test('a clang below 11 is passed over where there is a newer one', async (context) => {
  const directory = createPath(context, { clang: '8.0.1', 'clang-11': '11.0.1', ...binutils });
  assert.equal((await find(directory)).clang.version, '11.0.1');
});

for (const missing of ['clang', 'llvm-strip', 'llvm-objcopy']) {
  test(`no ${missing} at all is an error that says what to install`, async (context) => {
    const tools: Record<string, string> = { clang: '14.0.6', ...binutils };
    delete tools[missing];
    const directory = createPath(context, tools);
    const error = await errorOf(() => find(directory));
    assert.equal(error.code, 'TOOLCHAIN_MISSING');
    assert.equal(error.status, 6);
    assert.match(error.message, new RegExp(`no working ${missing} was found on PATH`));
    assert.match(error.hint ?? '', /apt-get install clang-14 llvm-14/);
  });
}

test('a named program is used, whatever the search path has', async (context) => {
  const directory = createPath(context, { clang: '14.0.6', ...binutils });
  const clang = writeTool(join(createDirectory(context), 'clang-mine'), '18.1.8');
  assert.deepEqual((await find(directory, { clang })).clang, { path: clang, version: '18.1.8' });
});

test('a program can be named without its directory', async (context) => {
  const directory = createPath(context, { clang: '14.0.6', 'clang-mine': '18.1.8', ...binutils });
  const { clang } = await find(directory, { clang: 'clang-mine' });
  assert.deepEqual(clang, { path: join(directory, 'clang-mine'), version: '18.1.8' });
});

test('a directory can be named: the tool is searched in it under its names', async (context) => {
  const directory = createPath(context, { clang: '14.0.6', ...binutils });
  const other = createPath(context, { 'clang-16': '16.0.6', 'llc-16': '16.0.6' });
  const { clang, llc } = await find(directory, { clang: other, llc: other });
  assert.equal(clang.path, join(other, 'clang-16'));
  assert.equal(llc?.path, join(other, 'llc-16'));
});

test('a relative name is made absolute, since the compiler runs elsewhere', async (context) => {
  const directory = createPath(context, { clang: '14.0.6', ...binutils });
  const own = process.cwd();
  context.after(() => {
    process.chdir(own);
  });
  process.chdir(directory);
  assert.equal((await find(directory, { clang: './clang' })).clang.path, join(directory, 'clang'));
  assert.equal((await find('.')).clang.path, join(directory, 'clang'));
});

test('what was named but is no program or directory with one is an error', async (context) => {
  const directory = createPath(context, { clang: '14.0.6', ...binutils }, {});
  const [tools = '', empty = ''] = directory.split(':');
  const plain = writeTool(join(empty, 'not-executable'), '14.0.6');
  chmodSync(plain, 0o644);
  for (const clang of [join(empty, 'absent'), 'absent-clang', empty, plain]) {
    const error = await errorOf(() => find(tools, { clang }));
    assert.equal(error.code, 'TOOLCHAIN_MISSING');
    assert.ok(error.message.startsWith(`${clang} was named as clang`), error.message);
  }
});

test('a broken program on the search path is passed over for one that works', async (context) => {
  const directory = createPath(context, { 'clang-14': '14.0.6', ...binutils });
  writeScript(join(directory, 'clang'), 'exit 127');
  writeScript(join(directory, 'llc-14'), 'echo broken');
  const { clang, llc } = await find(directory);
  assert.equal(clang.path, join(directory, 'clang-14'));
  assert.equal(llc, undefined);
});

test('a broken program that was named is refused', async (context) => {
  const directory = createPath(context, { 'clang-14': '14.0.6', ...binutils });
  const broken = writeScript(join(directory, 'clang'), 'echo clang version 14.0.6', 'exit 1');
  const error = await errorOf(() => find(directory, { clang: broken }));
  assert.equal(error.code, 'TOOLCHAIN_UNUSABLE');
  assert.equal(error.message, `${broken} --version does not tell a version`);
});

test('no more programs are started than it takes to know the best', async (context) => {
  const directory = createPath(context, { clang: '14.0.6', 'llc-14': '14.0.6', ...binutils });
  const started = join(directory, 'started');
  for (const name of ['clang-16', 'llc', 'llc-16']) {
    writeScript(join(directory, name), `touch ${started}`, 'echo version 16.0.6');
  }
  await find(directory);
  assert.equal(existsSync(started), false);
});

test('versions are read as distributions write them', async (context) => {
  const versions = { '14.0.0-1ubuntu1.1': '14.0.0', '15.0.0git': '15.0.0', 17: '17.0.0' };
  for (const [written, version] of Object.entries(versions)) {
    assert.equal((await find(createPath(context, { clang: written, ...binutils }))).clang.version, version);
  }
});
