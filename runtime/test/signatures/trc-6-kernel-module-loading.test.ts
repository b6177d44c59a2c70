import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Finding } from '../../src/detection/rule.js';
import { recordFlags, storages } from '../../src/events/layout.js';
import moduleLoading from '../../src/signatures/trc-6-kernel-module-loading.js';
import type { RecordContent } from '../events/record-encoder.js';
import { findingsOf, runs } from './program-event.js';

const directory = mkdtempSync(join(tmpdir(), 'tracee-trc-6-'));
after(() => {
  rmSync(directory, { recursive: true });
});

/** Called as the system's own, and nobody's. */
const ownInsmod = join(directory, 'insmod');
copyFileSync('/bin/cat', ownInsmod);
writeFileSync(join(directory, 'evil.ko'), 'no module');

const find = (...records: RecordContent[]): Promise<Finding[]> => findingsOf(moduleLoading, records);
const signal = (record: RecordContent): Promise<Finding[]> =>
  findingsOf(moduleLoading, [record], { withSignals: true });

const moduleKind = 2;
const from = { ...runs(ownInsmod, { host_tid: 7, host_pid: 7 }) };

function readFile(pathname: string, more: Partial<RecordContent> = {}): RecordContent {
  return {
    event: 'security_kernel_read_file',
    ...from,
    args: { pathname: { bytes: pathname }, type: moduleKind, dev: 1, inode: 2, storage: storages.disk },
    ...more,
  };
}

test('row init_module: the call is found, also without arguments', async () => {
  const [finding, ...others] = await find({ event: 'init_module' });
  assert.equal(finding?.rule.id, 'TRC-6');
  assert.equal(finding.rule.severity, 'high');
  assert.deepEqual(others, []);
});

test('row finit_module: the call is found, also without arguments', async () => {
  assert.equal((await find({ event: 'finit_module' })).length, 1);
});

test('row ptrace PEEKDATA: not found', async () => {
  assert.deepEqual(await find({ event: 'ptrace', args: { request: 2 } }), []);
});

test('a file is told of once, by what the kernel read and not by the call that did it', async () => {
  const findings = await find(readFile('/tmp/evil.ko'), {
    event: 'finit_module',
    ...from,
    fields: { ...from.fields, return_value: -8n },
  });
  assert.deepEqual(
    findings.map(({ summary }) => summary),
    ['asked the kernel to load the module /tmp/evil.ko'],
  );
});

test('a module that is nowhere but in memory is found, and that is said', async () => {
  const [file] = await find(
    readFile('/memfd:x', { args: { type: moduleKind, storage: storages.memory, pathname: { bytes: 'x' } } }),
  );
  assert.match(file?.facts[0] ?? '', /in memory only/);
  const [bytes] = await find({ event: 'security_kernel_load_data', ...from, args: { type: moduleKind } });
  assert.match(bytes?.summary ?? '', /from its memory/);
});

test('a call that the kernel refused at once is found with its error, and through which interface it came', async () => {
  const [finding] = await find({
    event: 'init_module',
    fields: { return_value: -1n, flags: recordFlags.compat },
  });
  assert.deepEqual(finding?.facts, [
    'init_module() failed with EPERM',
    'the call came through the 32-bit interface',
  ]);
});

test('the name of a system program and a path under /lib/modules excuse nobody', async () => {
  const evil = '/usr/lib/modules/6.1.0/kernel/evil.ko';
  assert.equal((await find(readFile(evil))).length, 1);
  assert.equal((await find(readFile(evil, { ...runs('/bin/cat') }))).length, 1);
});

test('firmware and other files that the kernel reads are not found', async () => {
  const read = (type: number): RecordContent => readFile('/lib/firmware/x', { args: { type } });
  assert.deepEqual(await find(read(1), read(3), read(5)), []);
});

test('other ways into the kernel are signals only', async () => {
  const records: RecordContent[] = [
    { event: 'bpf', args: { cmd: 5 } },
    { event: 'security_kernel_load_data', args: { type: 3 } },
    { event: 'module_request', args: { name: { bytes: 'net-pf-10' } } },
    { event: 'module_load', args: { name: { bytes: 'evil' }, taints: 1 << 13 } },
  ];
  assert.deepEqual(await find(...records), []);
  for (const record of records) assert.equal((await signal(record)).length, 1, record.event);
  assert.deepEqual(await signal({ event: 'module_load', args: { name: { bytes: 'ext4' }, taints: 0 } }), []);
  assert.deepEqual(await signal({ event: 'bpf', args: { cmd: 1 } }), []);
});
