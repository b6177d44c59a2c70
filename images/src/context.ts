#!/usr/bin/env node
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.js';

/*
 * Writes what the images are built of to dist/image: the programs as a few files each, laid out so that they find
 * one another as they do in a clone (`../../package.json`, `../../portable`, `../../../bpf`).
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const context = join(root, 'dist/image');

/** One word of what is missing, and one of what makes it. */
const needed = [
  ['runtime/dist/cli/main.js', 'make build'],
  ['builder/dist/cli/entry.js', 'make build'],
  ['runtime/portable', 'make bpf-portable'],
  ['runtime/selftest/acts.json', 'make selftest'],
  ['runtime/selftest/hold', 'make selftest'],
] as const;

async function main(): Promise<void> {
  for (const [path, mend] of needed) {
    if (!existsSync(join(root, path))) throw new Error(`${path} is not there: ${mend} makes it`);
  }
  rmSync(context, { recursive: true, force: true });
  await writeRuntime(join(context, 'tracee'));
  await writeBuilder(join(context, 'builder'));
  copy('images/parts', join(context, 'parts'));
  copy('LICENSE', join(context, 'parts/falcosidekick.LICENSE'));
}

async function writeRuntime(place: string): Promise<void> {
  await bundle('runtime', ['main', 'tracee-ebpf', 'tracee-rules', 'tracee-health'], place);
  for (const name of ['portable', 'selftest']) copy(`runtime/${name}`, join(place, name));
  copy('LICENSE', join(place, 'LICENSE'));
  copyKoffi(join(place, 'node_modules'));
}

/** Beside /tracee/dist; it looks for the sources two directories above its package, as in a clone. */
async function writeBuilder(place: string): Promise<void> {
  await bundle('builder', ['entry'], join(place, 'builder'));
  copy('builder/Dockerfile', join(place, 'Dockerfile'));
  copy('bpf', join(place, 'bpf'));
}

function copyKoffi(modules: string): void {
  const koffi = dirname(createRequire(join(root, 'runtime/package.json')).resolve('koffi'));
  const native = `@koromix/koffi-${process.platform}-${process.arch}`;
  const nativeFrom = dirname(createRequire(join(koffi, 'package.json')).resolve(native));
  const binary = `${process.platform}_${process.arch}`;
  for (const file of [
    'package.json',
    'LICENSE.txt',
    'index.js',
    'index.cjs',
    'src/koffi/index.js',
    'src/koffi/index.cjs',
  ]) {
    cpSync(join(koffi, file), join(modules, 'koffi', file));
  }
  cpSync(join(koffi, 'src/koffi/src'), join(modules, 'koffi/src/koffi/src'), { recursive: true });
  for (const file of ['package.json', 'index.js', binary]) {
    cpSync(join(nativeFrom, file), join(modules, native, file), { recursive: true });
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(root, from), to, { recursive: true });
}

await main();
