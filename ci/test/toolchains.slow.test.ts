import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type { LoadReport } from '../../runtime/src/tracing/load-check.js';
import { fetchKernel } from '../vm/dist/fetch.js';
import { kernelTable } from '../vm/dist/kernels.js';
import { readSettings } from '../vm/dist/settings.js';
import { loadInVm } from './load-in-vm.js';
import { fetchToolchain, majors } from './toolchain-packages.js';
import { buildEntry, cpus, describeEntry, type Entry } from './toolchain-table.js';

/*
 * The objects of many compilers, loaded by the kernels that they are for: five minutes a kernel and more.
 * Needs apt, and the network that its sources need. TRACEE_TABLE names a directory that keeps objects and
 * table; CLANGS="14 19" takes these majors only.
 *
 * The builder chooses v2. The others are compiled to see that what it refuses would not have loaded. That it
 * takes one of those is no promise: only a verifier can tell whether it follows every bound.
 */

/** The builder's own. */
const chosen = 'v2';
const settings = readSettings(process.env);
const kept = process.env['TRACEE_TABLE'];
const wanted = process.env['CLANGS']?.split(' ').map(Number) ?? majors;
const directory = kept ?? mkdtempSync(join(tmpdir(), 'toolchains-test-'));
after(() => {
  if (kept === undefined) rmSync(directory, { recursive: true, force: true });
});

for (const row of kernelTable) {
  const entries: Entry[] = [];

  test(`clang ${wanted.join(', ')} compile for ${row.name}, with v2 what passes the static check`, async () => {
    const kernel = await fetchKernel(row, { settings });
    for (const major of wanted) {
      const env = await fetchToolchain(major, dirname(settings.cacheDir));
      for (const cpu of cpus) {
        const entry = buildEntry(row.name, kernel, { major, env, cpu }, directory);
        entries.push(entry);
        if (cpu === chosen) assert.equal(entry.refusal, undefined, describeEntry(entry));
        assert.ok(entry.clang.startsWith(`${major}.`), entry.clang);
        if (cpu !== 'v3') assert.equal(entry.has32BitJumps, false, 'only v3 has 32-bit jumps');
      }
    }
  });

  test(`${row.name} loads what each of them compiled with v2, and not what the builder refused`, async (context) => {
    const reports = new Map<string, LoadReport>();
    const files = entries.map(({ file }) => file);
    await loadInVm(row.name, files, settings, (file, report) => {
      reports.set(file, report);
      const line = describeEntry(entries.find((entry) => entry.file === file) as Entry, report);
      context.diagnostic(line);
      if (kept !== undefined) appendFileSync(join(directory, 'table.txt'), `${line}\n`);
    });
    for (const entry of entries) {
      const report = reports.get(entry.file);
      assert.ok(report !== undefined && report.programs.length > 0);
      const others = report.programs.flatMap(({ name, outcome }) => (outcome === 'loaded' ? [] : name));
      if (entry.cpu === chosen) assert.deepEqual(others, [], describeEntry(entry, report));
      const right = entry.refusal?.programs.filter((name) => others.includes(name)) ?? [];
      assert.deepEqual(right, entry.refusal?.programs ?? [], describeEntry(entry, report));
    }
  });
}
