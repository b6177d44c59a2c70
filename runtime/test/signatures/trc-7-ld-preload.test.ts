import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Finding } from '../../src/detection/rule.js';
import preload from '../../src/signatures/trc-7-ld-preload.js';
import type { RecordContent } from '../events/record-encoder.js';
import { findingsOf, runs } from './program-event.js';

const directory = mkdtempSync(join(tmpdir(), 'tracee-trc-7-'));
after(() => {
  rmSync(directory, { recursive: true });
});

const find = (...records: RecordContent[]): Promise<Finding[]> => findingsOf(preload, records);

interface Environment {
  readonly variables?: readonly string[];
  readonly options?: readonly string[];
  readonly isSecure?: boolean;
  readonly isCut?: boolean;
  readonly program?: string;
}

function started(environment: Environment): RecordContent {
  const { variables = [], options = [], isSecure = false, isCut = false } = environment;
  const program = environment.program ?? '/bin/true';
  const block = (strings: readonly string[]): string => strings.map((one) => `${one}\0`).join('');
  const bytes = block(variables);
  return {
    event: 'loader_environment',
    ...runs(program),
    args: {
      pathname: { bytes: program },
      variables: { bytes, full: isCut ? 0 : variables.length, isCut },
      options: { bytes: block(options), full: options.length },
      size: bytes.length,
      scanned: bytes.length,
      is_secure: isSecure ? 1 : 0,
    },
  };
}

const withVariables = (...variables: string[]): Promise<Finding[]> => find(started({ variables }));

/** A library that Debian and others bring, in a directory of the system. */
const systemLibrary = [
  '/usr/lib/x86_64-linux-gnu/libm.so.6',
  '/usr/lib/aarch64-linux-gnu/libm.so.6',
  '/usr/lib64/libm.so.6',
  '/lib/libc.so.6',
].find(existsSync);
const loader = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1'].find(existsSync);

test('row execve with LD_PRELOAD=/something: found, by the environment that the kernel laid out', async () => {
  const [finding, ...others] = await withVariables('LD_PRELOAD=/something');
  assert.deepEqual(others, []);
  assert.equal(finding?.rule.severity, 'medium');
  assert.equal(finding.summary, 'was started with LD_PRELOAD=/something');
});

test('row execve without LD_PRELOAD: not found', async () => {
  assert.deepEqual(await withVariables(), []);
});

test('row security_file_open o_rdwr /etc/ld.so.preload: found', async () => {
  assert.equal((await find(opened('/etc/ld.so.preload', 2))).length, 1);
});

test('row security_file_open o_rdwr /etc/ld.preload: not found', async () => {
  assert.deepEqual(await find(opened('/etc/ld.preload', 2)), []);
});

/** Changed on purpose: the original told of LD_LIBRARY_PATH, which programs set every day, and of LD_PRELOADX. */
test('LD_LIBRARY_PATH alone, an empty value and other variables are not found', async () => {
  assert.deepEqual(
    await withVariables('LD_LIBRARY_PATH=/tmp', 'LD_PRELOAD=', 'LD_PRELOAD= :', 'LD_PRELOADX=/tmp/x.so'),
    [],
  );
});

test('LD_AUDIT is found, and one of several variables is enough', async () => {
  assert.equal((await withVariables('LD_AUDIT=/tmp/a.so')).length, 1);
  assert.equal((await withVariables(`LD_PRELOAD=${systemLibrary}`, 'LD_PRELOAD=/tmp/a.so')).length, 1);
});

test('an installed library of the system is not found, and beside another it is', async () => {
  assert.ok(systemLibrary !== undefined);
  const bare = systemLibrary.slice(systemLibrary.lastIndexOf('/') + 1);
  assert.deepEqual(await withVariables(`LD_PRELOAD=${systemLibrary}`), []);
  assert.deepEqual(await withVariables(`LD_PRELOAD=${systemLibrary}:${systemLibrary} `), []);
  assert.deepEqual(await withVariables(`LD_PRELOAD=${bare}`), []);
  assert.deepEqual(
    await withVariables(`LD_PRELOAD=${bare}`, 'LD_LIBRARY_PATH=/usr/lib/nowhere:/usr/lib'),
    [],
  );
  assert.equal((await withVariables(`LD_PRELOAD=${systemLibrary}:/tmp/x.so`)).length, 1);
});

test('a library of the system is found where something else can stand in its place', async () => {
  assert.ok(systemLibrary !== undefined);
  const bare = systemLibrary.slice(systemLibrary.lastIndexOf('/') + 1);
  const link = join(directory, 'lib.so');
  symlinkSync(systemLibrary, link);
  for (const variables of [
    [`LD_PRELOAD=${bare}`, 'LD_LIBRARY_PATH=/tmp'],
    [`LD_PRELOAD=${bare}`, 'LD_LIBRARY_PATH=/usr/lib:'],
    [`LD_PRELOAD=/usr/lib/../../${directory}/x.so`],
    ['LD_PRELOAD=/usr/lib/is-not-there.so'],
    ['LD_PRELOAD=./libm.so.6'],
  ]) {
    assert.equal((await find(started({ variables }))).length, 1, variables.join(' '));
  }
  const cut = started({ variables: [`LD_PRELOAD=${systemLibrary}`], isCut: true });
  assert.equal((await find(cut)).length, 1, 'what is cut may name more');
});

test('a program that gains privileges takes no notice, but tunables that overflow its loader are found', async () => {
  const secure = (variable: string): RecordContent => started({ variables: [variable], isSecure: true });
  assert.deepEqual(
    await find(secure('LD_PRELOAD=/tmp/x.so'), secure('GLIBC_TUNABLES=glibc.malloc.check=1')),
    [],
  );
  const [finding] = await find(secure('GLIBC_TUNABLES=glibc.malloc.mxfast=glibc.malloc.mxfast=A'));
  assert.match(finding?.summary ?? '', /overflow the loader/);
});

test('tunables and output files of the loader are signals', async () => {
  const record = started({ variables: ['GLIBC_TUNABLES=glibc.malloc.check=1'] });
  assert.deepEqual(await find(record), []);
  assert.equal((await findingsOf(preload, [record], { withSignals: true })).length, 1);
});

test('a loader that is run with --preload or --audit is found; another program with such an option is not', async () => {
  assert.ok(loader !== undefined);
  for (const options of [
    ['--preload', '/tmp/x.so'],
    ['--audit', '/tmp/x.so'],
    ['--preload=/tmp/x.so', 'y'],
  ]) {
    const [finding] = await find(started({ options, program: loader }));
    assert.match(finding?.summary ?? '', /ran the loader .* with --(?:preload|audit) \/tmp\/x\.so/);
    assert.deepEqual(await find(started({ options, program: '/bin/true' })), []);
  }
});

test('programs that a shell starts with the same exported variable are one finding', async () => {
  const keys = (await find(...[1, 2].map(() => started({ variables: ['LD_PRELOAD=/tmp/x.so'] })))).map(
    ({ key }) => key,
  );
  assert.equal(new Set(keys).size, 1);
});

function opened(pathname: string, flags: number, inode: bigint = 0n): RecordContent {
  return {
    event: 'security_file_open',
    ...runs('/bin/cat'),
    args: { pathname: { bytes: pathname }, flags, dev: 1, inode },
  };
}

const etc = lstatSync('/etc', { bigint: true }).ino;
const text = (bytes: string): { bytes: string } => ({ bytes });
const file = '/etc/ld.so.preload';

test('every way to change /etc/ld.so.preload is found', async () => {
  const by = runs('/bin/cat');
  const ways: RecordContent[] = [
    opened(file, 1),
    opened('/proc/self/root//etc/../etc/ld.so.preload', 2),
    opened(file, 0o1000),
    { event: 'security_path_truncate', ...by, args: { pathname: text(file) } },
    { event: 'security_inode_rename', ...by, args: { old_path: text('/tmp/x'), new_path: text(file) } },
    { event: 'security_inode_rename', ...by, args: { old_path: text(file), new_path: text('/tmp/x') } },
    { event: 'security_inode_link', ...by, args: { old_path: text('/tmp/x'), new_path: text(file) } },
    { event: 'security_inode_symlink', ...by, args: { linkpath: text(file), target: text('/tmp/x') } },
    { event: 'security_sb_mount', ...by, args: { path: text(file), flags: 4096 } },
    { event: 'security_move_mount', ...by, args: { from_path: text('/x'), to_path: text(file) } },
  ];
  for (const way of ways) assert.equal((await find(way)).length, 1, way.event);
});

test('the file is found in /etc under other names: by the inode of the directory, and through links', async () => {
  const by = runs('/bin/cat');
  const alias = join(directory, 'etc-by-another-name');
  symlinkSync('/etc', alias);
  const renamed = (new_path: string, new_directory: bigint): RecordContent => ({
    event: 'security_inode_rename',
    ...by,
    args: { old_path: text('/x'), new_path: text(new_path), new_directory },
  });
  assert.equal((await find(renamed('/ld.so.preload', etc))).length, 1);
  assert.equal((await find(renamed(`${alias}/ld.so.preload`, 0n))).length, 1);
  assert.deepEqual(await find(renamed('/home/ld.so.preload', 0n)), []);
  assert.deepEqual(await find(renamed('/home/etc', 0n)), []);
});

test('reading the file, and settings of a mount, change nothing', async () => {
  const remount: RecordContent = {
    event: 'security_sb_mount',
    ...runs('/bin/cat'),
    args: { path: text(file), flags: 0x20 | 4096 },
  };
  assert.deepEqual(await find(opened(file, 0), opened(file, 0o2000000), remount), []);
});

test('another /etc is found where it has the file, and only there', async () => {
  const mounted: RecordContent = {
    event: 'security_sb_mount',
    ...runs('/bin/cat', { mnt_ns: statSync('/proc/self/ns/mnt').ino }),
    args: { path: text('/etc/.'), flags: 0 },
  };
  assert.equal((await find(mounted)).length, existsSync(file) ? 1 : 0);
});
