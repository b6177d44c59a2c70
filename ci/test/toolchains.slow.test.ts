import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { readManifest } from '../../runtime/src/artifact/index.js';
import { fetchKernel } from '../vm/dist/fetch.js';
import { kernelTable } from '../vm/dist/kernels.js';
import { readSettings } from '../vm/dist/settings.js';
import { root } from './repository.js';
import { fetchToolchain, majors } from './toolchain-packages.js';

/* Needs apt, and the network that its sources need. TRACEE_TABLE names a directory that keeps objects and table. */

const settings = readSettings(process.env);
const kept = process.env['TRACEE_TABLE'];
const directory = kept ?? mkdtempSync(join(tmpdir(), 'toolchains-test-'));
const table: string[] = [];
after(() => {
  if (kept === undefined) rmSync(directory, { recursive: true, force: true });
  else writeFileSync(join(directory, 'table.txt'), `${table.join('\n')}\n`);
});

/** v2 is what the builder takes; the others show what it would have without. */
for (const cpu of ['v2', 'v3', 'v1'] as const) {
  for (const major of majors) {
    test(`clang ${major} with -mcpu=${cpu} compiles for every kernel what passes the static check`, async () => {
      const env = await fetchToolchain(major, dirname(settings.cacheDir));
      for (const row of kernelTable) {
        const { release, buildDir } = await fetchKernel(row, { settings });
        const output = join(directory, row.name, `clang-${major}-${cpu}`);
        mkdirSync(output, { recursive: true });
        const args = ['build', '--kernel', release, '--headers', buildDir, '--mcpu', cpu, '--output', output];
        const program = join(root, 'builder/dist/cli/main.js');
        const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
          encoding: 'utf8',
          env: { ...process.env, ...env },
        });
        assert.equal(status, 0, `${row.name}: ${stderr}`);
        const bytes = readFileSync(stdout.trim());
        const { toolchain, requirements } = readManifest(bytes, stdout.trim());
        assert.ok(toolchain.clang.startsWith(`${major}.`), toolchain.clang);
        assert.equal(toolchain.mcpu, cpu);
        assert.equal(requirements.jmp32, cpu === 'v3', 'only v3 has 32-bit jumps');
        table.push(
          `${row.name} clang ${toolchain.clang} ${cpu}: ${bytes.length} bytes, largest program ${requirements.largestProgram}`,
        );
      }
    });
  }
}
