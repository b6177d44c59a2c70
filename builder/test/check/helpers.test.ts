import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { helpers } from '../../src/check/helpers.js';
import { kernelVersion } from '../../src/check/kernel-version.js';
import { helperFeatures, mapTypeFeatures, programTypes } from '../../src/check/kernel-interface.js';

const libbpf = readFileSync('/usr/include/bpf/bpf_helper_defs.h', 'latin1');
const declared = [...libbpf.matchAll(/\(\*(?:const )?bpf_(\w+)\)\([^;]*?\)\s*=\s*\(void \*\)\s*(\d+);/g)].map(
  (match) => [Number(match[2]), match[1]] as const,
);

test('every helper that libbpf declares stands at its number', () => {
  assert.ok(declared.length > 150, 'bpf_helper_defs.h could not be read');
  for (const [id, name] of declared) assert.equal(helpers.get(id)?.name, name, `helper ${id}`);
});

test('the list ends where the kernel closed it, at 211', () => {
  assert.equal(helpers.size, 211);
  assert.equal(helpers.get(211)?.name, 'cgrp_storage_delete');
});

test('no helper came before the one with the number below', () => {
  const versions = [...helpers.values()].map(({ since }) => kernelVersion(since));
  assert.deepEqual(
    versions,
    versions.toSorted((a, b) => a - b),
  );
});

test('map types stand at the numbers of linux/bpf.h', () => {
  const header = readFileSync('/usr/include/linux/bpf.h', 'latin1');
  const body = /enum bpf_map_type \{([^}]*)\}/.exec(header)?.[1] ?? '';
  const names = [...body.replaceAll(/\/\*.*?\*\//gs, '').matchAll(/\b(BPF_MAP_TYPE_\w+)\s*(?=,)/g)].map(
    (match) => match[1],
  );
  assert.ok(names.length > 25, 'enum bpf_map_type could not be read');
  for (const [number, name] of names.slice(1).entries()) {
    const constant = mapTypeFeatures.get(number + 1)?.constant;
    assert.ok(constant !== undefined && name !== undefined, `map type ${number + 1}`);
    // 6.2 renamed CGROUP_STORAGE to CGROUP_STORAGE_DEPRECATED and kept its number.
    assert.ok(name.startsWith(constant), `map type ${number + 1} is ${name}, not ${constant}`);
  }
});

test('every constant that is looked up in a header tree is one of linux/bpf.h', () => {
  const header = readFileSync('/usr/include/linux/bpf.h', 'latin1');
  for (const { constant } of programTypes.values()) {
    // Newer than the header of the oldest distribution that these tests run on.
    if (constant === 'BPF_TRACE_UPROBE_MULTI') continue;
    assert.ok(header.includes(constant), constant);
  }
  assert.equal(helperFeatures.get(130)?.constant, 'BPF_FUNC_ringbuf_output');
});
