import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import {
  findMember,
  findStructures,
  type MemberPlace,
  sizeOfType,
} from '../../../src/artifact/btf/members.js';
import { type Btf, readBtf } from '../../../src/artifact/btf/types.js';
import { Btf as LibbpfBtf, kernelBtfPath } from '../../../src/libbpf/index.js';
import { btfOf, runNatively, shapesSource } from './btf-fixture.js';

/** `struct.path`, each with a member in it that can be asked by offsetof. */
const shapeMembers = [
  ...['first', 'count', 'corners', 'corners[2]', 'corners[1].y', 'grid[1][2].x', 'pointer', 'low', 'high'],
  ...['word', 'word.whole', 'word.bytes[3]', 'colour', 'far', 'named.deep', 'real', 'call'],
].map((path) => `shapes.${path}`);

const shapeFields = ['narrow', 'wide', 'last'].map((path) => `shapes.${path}`);

const kernelMembers = [
  ...[
    'real_parent',
    'group_leader',
    'thread_pid',
    'start_boottime',
    'mm',
    'nsproxy',
    'signal',
    'comm',
    'stack',
  ],
  ...['thread_info.flags', 'exit_code', 'pid', 'tgid', 'cred', 'se.vruntime', 'cpus_mask.bits[0]'],
].map((path) => `task_struct.${path}`);

const moreKernelMembers = [
  ...['mount.mnt', 'mount.mnt_parent', 'mount.mnt_mountpoint', 'mnt_namespace.ns.inum', 'nsproxy.mnt_ns'],
  ...['pid.level', 'pid.numbers[0].nr', 'upid.ns', 'pid_namespace.ns.inum', 'uts_namespace.name.nodename'],
  ...['file.f_path.dentry', 'file.f_inode', 'file.f_flags', 'inode.i_ino', 'inode.i_sb', 'super_block.s_dev'],
  ...[
    'dentry.d_name.len',
    'dentry.d_name.name',
    'dentry.d_parent',
    'mm_struct.arg_start',
    'mm_struct.exe_file',
  ],
  ...[
    'linux_binprm.filename',
    'signal_struct.live.counter',
    'signal_struct.rlim[3].rlim_cur',
    'cred.uid.val',
  ],
  ...['page._refcount.counter', 'sk_buff.dev', 'sk_buff.len', 'sock.__sk_common.skc_family', 'path.mnt'],
  ...['sock.__sk_common.skc_daddr', 'vfsmount.mnt_root', 'bpf_prog.aux', 'net.ns.inum'],
];

const kernelFields = [
  'task_struct.in_execve',
  'task_struct.sched_reset_on_fork',
  'sk_buff.cloned',
  'sk_buff.pkt_type',
];

function placeOf(btf: Btf, name: string): MemberPlace {
  const [struct = '', ...path] = name.split('.');
  const [id] = findStructures(btf, [struct]).get(struct) ?? [];
  assert.ok(id !== undefined, `struct ${struct} was not found`);
  const place = findMember(btf, id, path.join('.'));
  assert.ok(place !== undefined, `${name} was not found`);
  return place;
}

/** Offsets and sizes in bits as clang lays the types out for this machine, by name. */
function witness(types: string, members: readonly string[], fields: readonly string[]): Map<string, string> {
  const split = (name: string): [string, string] => [name.split('.')[0] ?? '', name.replace(/^\w+\./, '')];
  const memberLines = members.map((name) => {
    const [struct, path] = split(name);
    return `printf("${name} %lu %lu\\n", 8 * __builtin_offsetof(struct ${struct}, ${path}), 8 * sizeof(((struct ${struct} *)0)->${path}));`;
  });
  // A bit field has no address: fill it with ones and look where they are.
  const fieldLines = fields.map((name) => {
    const [struct, path] = split(name);
    return `{ static struct ${struct} one; one.${path} = -1; print_field("${name}", (void *)&one, sizeof(one)); }`;
  });
  const output = runNatively(`${types}
    extern int printf(const char *format, ...);
    static void print_field(const char *name, unsigned char *bytes, unsigned long size)
    {
      unsigned long first = 8 * size, count = 0;
      for (unsigned long bit = 0; bit < 8 * size; bit++)
        if (bytes[bit / 8] >> bit % 8 & 1) { if (!count++) first = bit; }
      printf("%s %lu %lu\\n", name, first, count);
    }
    int main(void) { ${memberLines.join('\n')} ${fieldLines.join('\n')} return 0; }`);
  return new Map(
    output
      .trimEnd()
      .split('\n')
      .map((line) => [line.split(' ')[0] ?? '', line]),
  );
}

function checkAgainstWitness(
  btf: Btf,
  types: string,
  members: readonly string[],
  fields: readonly string[],
): void {
  const told = witness(types, members, fields);
  assert.equal(told.size, members.length + fields.length);
  for (const name of [...members, ...fields]) {
    const { bitOffset, bitSize, isBitField } = placeOf(btf, name);
    assert.equal(`${name} ${bitOffset} ${bitSize}`, told.get(name));
    assert.equal(isBitField, fields.includes(name), name);
  }
}

test('members of every shape stand where the compiler puts them', () => {
  checkAgainstWitness(
    btfOf(`${shapesSource} struct shapes shapes;`),
    shapesSource,
    shapeMembers,
    shapeFields,
  );
});

test("members of the running kernel stand where a program made from libbpf's dump of its types has them", () => {
  using dump = LibbpfBtf.kernel();
  const types = dump.dumpHeader().replaceAll(/^#pragma.*$/gm, '');
  const btf = readBtf(readFileSync(kernelBtfPath), kernelBtfPath);
  checkAgainstWitness(btf, types, [...kernelMembers, ...moreKernelMembers], kernelFields);
});

test('the size of a structure is that of the compiler', () => {
  const btf = btfOf(`${shapesSource} struct shapes shapes;`);
  const [id] = findStructures(btf, ['shapes']).get('shapes') ?? [];
  const size = runNatively(
    `${shapesSource} extern int printf(const char *format, ...); int main(void) { printf("%lu", sizeof(struct shapes)); return 0; }`,
  );
  assert.equal(String(sizeOfType(btf, id ?? 0)), size);
});

test('what is not there is not found', () => {
  const btf = btfOf(`${shapesSource} struct shapes shapes;`);
  const [id] = findStructures(btf, ['shapes']).get('shapes') ?? [];
  assert.ok(id !== undefined);
  const absent = [
    '',
    '.',
    'firs',
    'firstx',
    'first.x',
    'first[0]',
    'corners.z',
    'named',
    'named.low',
    'pointer.x',
    'x',
  ];
  const found = absent.filter((path) => findMember(btf, id, path) !== undefined);
  assert.deepEqual(found, ['named']);
  const others = findStructures(btf, ['shape', 'shapess', 'colour', 'u32']);
  assert.deepEqual([...others.values()].flat(), []);
});

test('structures of one name are all found', () => {
  const btf = readBtf(readFileSync(kernelBtfPath), kernelBtfPath);
  const found = findStructures(btf, ['task_struct', 'list_head', 'no_such_structure']);
  assert.equal(found.get('task_struct')?.length, 1);
  assert.equal(found.get('list_head')?.length, 1);
  assert.deepEqual(found.get('no_such_structure'), []);
});
