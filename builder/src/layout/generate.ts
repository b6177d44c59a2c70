#!/usr/bin/env node
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { architectureSchema } from 'tracee/artifact';
import { compile } from '../compile/compile.js';
import { report, say } from '../cli/report.js';
import { readSources } from '../sources.js';
import { findToolchain } from '../toolchain/clang.js';
import { findLibbpfHeaders } from '../toolchain/libbpf-headers.js';
import { listOf, listPath, listText } from './list.js';

/** Writes the lists of members that the programs read, one for each architecture. */
async function generate(): Promise<void> {
  const sources = readSources(fileURLToPath(new URL('../../../bpf', import.meta.url)));
  const libbpf = findLibbpfHeaders('/usr/include');
  const toolchain = await findToolchain({ searchPath: process.env['PATH'] ?? '' });
  for (const arch of architectureSchema.options) {
    const workDirectory = await mkdtemp(join(tmpdir(), 'tracee-layout-'));
    try {
      const { object } = await compile({
        kernel: { release: 'core', arch, isRunning: false },
        origin: { types: 'core', where: 'core_types.h' },
        ...{ sources, toolchain, libbpf, workDirectory, signal: AbortSignal.timeout(120_000) },
      });
      const path = listPath(sources, arch);
      await writeFile(path, listText(listOf(await readFile(object), object)));
      say(`wrote ${path}`);
    } finally {
      await rm(workDirectory, { recursive: true, force: true });
    }
  }
}

try {
  await generate();
} catch (error) {
  process.exitCode = report(error);
}
