import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BpfObject, possibleCpus, type BpfMap } from '../../src/libbpf/index.js';
import { compileBpf } from '../compiler.js';
import { u32, u64 } from './bytes.js';

/* Creates BPF maps: needs root, or CAP_BPF. */

const bytes = compileBpf(`
struct {
	__uint(type, 1 /* hash */);
	__uint(max_entries, 100);
	__type(key, __u32);
	__type(value, __u64);
} by_pid SEC(".maps");

struct {
	__uint(type, 2 /* array */);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u32);
} by_index SEC(".maps");

struct {
	__uint(type, 6 /* per-CPU array */);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} by_cpu SEC(".maps");

struct {
	__uint(type, 5 /* per-CPU hash */);
	__uint(max_entries, 2);
	__type(key, __u64);
	__type(value, __u32[3]);
} by_key_and_cpu SEC(".maps");

SEC("raw_tp") int count(void *ctx)
{
	__u32 key = 1;
	__u32 *here = bpf_map_lookup_elem(&by_cpu, &key);

	if (here)
		*here += 1;
	return 0;
}
`);

const object = BpfObject.openMemory(bytes);
object.map('by_pid').setMaxEntries(3);
object.load();
after(() => object.close());

function entriesOf(map: BpfMap): string[] {
  return [...map.entries()]
    .map(([key, value]) => `${Buffer.from(key).toString('hex')}=${Buffer.from(value).toString('hex')}`)
    .toSorted();
}

test('a map knows its type and sizes, also those set before loading', () => {
  const map = object.map('by_pid');
  assert.deepEqual([map.type, map.keySize, map.valueSize, map.maxEntries, map.isPerCpu], [1, 4, 8, 3, false]);
  assert.equal(object.map('by_cpu').isPerCpu, true);
  assert.ok(map.fd > 0);
});

test('a hash keeps what it is given until it is deleted', () => {
  const map = object.map('by_pid');
  assert.equal(map.get(u32(7)), undefined);
  assert.equal(map.delete(u32(7)), false);
  map.set(u32(7), u64(0xffff_ffff_ffff_ffffn));
  map.set(u32(8), u64(8n));
  assert.deepEqual(Buffer.from(map.get(u32(7)) ?? []), u64(0xffff_ffff_ffff_ffffn));
  map.set(u32(7), u64(7n));
  assert.deepEqual(entriesOf(map), ['07000000=0700000000000000', '08000000=0800000000000000']);
  assert.equal(map.delete(u32(7)), true);
  assert.equal(map.get(u32(7)), undefined);
  assert.equal(map.delete(u32(8)), true);
  assert.deepEqual(entriesOf(map), []);
});

test('a hash that is full, or that has the key already, refuses by name', () => {
  const map = object.map('by_pid');
  for (const key of [1, 2, 3]) map.set(u32(key), u64(0n));
  assert.throws(() => map.set(u32(4), u64(0n)), {
    call: 'bpf_map_update_elem (by_pid)',
    errnoName: 'E2BIG',
  });
  const noExist = 1n;
  assert.throws(() => map.set(u32(1), u64(9n), noExist), { errnoName: 'EEXIST' });
  for (const key of [1, 2, 3]) assert.equal(map.delete(u32(key)), true);
});

test('an array has all its entries from the start and gives none away', () => {
  const map = object.map('by_index');
  assert.deepEqual(Buffer.from(map.get(u32(2)) ?? []), u32(0));
  map.set(u32(2), u32(0xdead_beef));
  assert.deepEqual(entriesOf(map), ['00000000=00000000', '01000000=00000000', '02000000=efbeadde']);
  assert.equal(map.get(u32(3)), undefined);
  assert.throws(() => map.set(u32(3), u32(0)), { errnoName: 'E2BIG' });
  assert.throws(() => map.delete(u32(2)), { errnoName: 'EINVAL' });
});

test('a per-CPU map has a value for each CPU, padded to 8 bytes', () => {
  const map = object.map('by_cpu');
  const cpus = possibleCpus();
  assert.ok(cpus >= 1);
  assert.equal(map.valueSize, 4);
  assert.equal(map.get(u32(0))?.length, 8 * cpus);
  const values = Buffer.concat(Array.from({ length: cpus }, (_, cpu) => u32(cpu + 1, 0)));
  map.set(u32(0), values);
  assert.deepEqual(Buffer.from(map.get(u32(0)) ?? []), values);
});

test('what a program counts on the CPU that it runs on is in the sum of all', () => {
  for (let run = 0; run < 10; run++) object.program('count').testRun();
  const values = Buffer.from(object.map('by_cpu').get(u32(1)) ?? []);
  let sum = 0;
  for (let at = 0; at < values.length; at += 8) sum += values.readUInt32LE(at);
  assert.equal(sum, 10);
});

test('a per-CPU hash is written, listed and deleted like any other', () => {
  const map = object.map('by_key_and_cpu');
  const value = Buffer.concat(Array.from({ length: possibleCpus() }, (_, cpu) => u32(cpu, 2, 3, 0)));
  map.set(u64(5n), value);
  assert.deepEqual(
    [...map.entries()].map(([key, found]) => [Buffer.from(key), Buffer.from(found)]),
    [[u64(5n), value]],
  );
  assert.equal(map.delete(u64(5n)), true);
  assert.equal(map.get(u64(5n)), undefined);
});

test('a key or value of the wrong size never reaches the kernel', () => {
  const map = object.map('by_pid');
  const wrongKey = { name: 'RangeError', message: 'key of map by_pid must have 4 bytes, not 8' };
  assert.throws(() => map.get(u64(1n)), wrongKey);
  assert.throws(() => map.set(u64(1n), u64(1n)), wrongKey);
  assert.throws(() => map.delete(u64(1n)), wrongKey);
  assert.throws(() => map.set(u32(1), u32(1)), {
    name: 'RangeError',
    message: 'value of map by_pid must have 8 bytes, not 4',
  });
  assert.throws(() => object.map('by_cpu').set(u32(0), u32(1)), /must have \d+ bytes, not 4/);
});

test('entries that go while they are listed do not end the listing in an error', () => {
  const map = object.map('by_pid');
  for (const key of [1, 2, 3]) map.set(u32(key), u64(0n));
  const seen = new Set<number>();
  for (const [key] of map.entries()) {
    seen.add(Buffer.from(key).readUInt32LE());
    map.delete(key);
    assert.ok(seen.size <= 3);
  }
  for (const key of [1, 2, 3]) map.delete(u32(key));
  assert.ok(seen.size >= 1);
});

test('the size of a map cannot be changed once it is there', () => {
  assert.throws(() => object.map('by_pid').setMaxEntries(5), { errnoName: 'EBUSY' });
});

test('a map that is not created leaves the others', () => {
  using other = BpfObject.openMemory(bytes);
  other.map('by_pid').setAutocreate(false);
  other.load();
  assert.throws(() => other.map('by_pid').get(u32(1)), { errnoName: 'EBADF' });
  assert.deepEqual(Buffer.from(other.map('by_index').get(u32(0)) ?? []), u32(0));
});

test('an object can take over the map of another', () => {
  using other = BpfObject.openMemory(bytes);
  other.map('by_index').reuseFd(object.map('by_index').fd);
  other.load();
  other.map('by_index').set(u32(1), u32(4711));
  assert.deepEqual(Buffer.from(object.map('by_index').get(u32(1)) ?? []), u32(4711));
});
