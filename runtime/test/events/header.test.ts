import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { computeAbi } from '../../src/events/abi.js';
import { catalogue } from '../../src/events/catalogue/index.js';
import { renderHeader } from '../../src/events/header.js';
import { sharedStructs } from '../../src/events/layout.js';
import { checkC } from '../compiler.js';

const header = renderHeader();

test('the generated header in the tree is what the catalogue says', () => {
  const path = new URL('../../../bpf/generated/events.h', import.meta.url);
  assert.equal(readFileSync(path, 'utf8'), header, 'run `npm run generate`');
});

test('the compiler agrees with every offset and size', () => {
  const { isAccepted, stderr } = checkC(header);
  assert.ok(isAccepted, stderr);
  for (const { name, fields } of sharedStructs) {
    for (const [field] of fields) assert.ok(header.includes(`offsetof(struct ${name}, ${field})`));
    assert.ok(header.includes(`_Static_assert(sizeof(struct ${name})`));
  }
});

test('a field that grows, moves or goes does not compile', () => {
  for (const [before, after] of [
    ['\t__u16 event;', '\t__u32 event;'],
    ['\t__u32 host_tid;\n\t__u32 host_pid;', '\t__u32 host_pid;\n\t__u32 host_tid;'],
    ['\tchar comm[16];\n\tchar uts_name[16];', '\tchar comm[16];\n\tchar uts_name[24];'],
    ['\t__u64 lost;\n', '\t__u64 lost;\n\t__u64 extra;\n'],
    ['\t__u64 submitted;\n', ''],
  ] as const) {
    assert.ok(header.includes(before), before);
    const { isAccepted, stderr } = checkC(header.replace(before, after));
    assert.equal(isAccepted, false, `${before} -> ${after}`);
    assert.match(stderr, /static[_ ]assert|no member named/);
  }
});

test('every event has its number and the header carries the ABI', () => {
  for (const { name, id } of catalogue) {
    assert.ok(header.includes(`#define EVENT_${name.toUpperCase()} ${id}\n`), name);
  }
  assert.ok(header.includes(`#define TRACEE_ABI "${computeAbi()}"\n`));
});

test('arguments of events that are no syscalls are numbered in catalogue order', () => {
  const checks = catalogue
    .filter((event) => event.syscall === undefined)
    .flatMap((event) => event.arguments.map(({ name }, index) => [`${event.name}__${name}`, index] as const))
    .map(([name, index]) => `_Static_assert(${name.toUpperCase()} == ${index}, "");`);
  const { isAccepted, stderr } = checkC(`${header}\n${checks.join('\n')}`);
  assert.ok(isAccepted, stderr);
  assert.ok(checks.length > 0);
});
