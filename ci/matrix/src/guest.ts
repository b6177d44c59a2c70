import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { quote, type FileMapping } from '../../vm/dist/image.js';
import type { Variant } from './variants.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A variant with the objects that it needs, as paths on the host. */
export interface PreparedVariant {
  readonly variant: Variant;
  readonly object: string;
  /** An object of the same kind for another kernel; none of a kind that is for every kernel. */
  readonly foreign: { readonly object: string; readonly release: string } | undefined;
}

/**
 * Makes the guest's files in `directory`. Everything lies below /tracee at the place that it has in the
 * repository, but tracee and the tests are one file each: an emulated processor takes seconds to load modules.
 */
export async function prepareGuest(
  directory: string,
  variants: readonly PreparedVariant[],
): Promise<FileMapping[]> {
  const bundles: [string, string][] = [
    ['runtime/dist/cli/main.js', 'runtime/dist/cli/main.js'],
    ['ci/matrix/guest/main.ts', 'test/dist/main.mjs'],
    ['ci/matrix/guest/reporter.ts', 'test/dist/reporter.mjs'],
  ];
  for (const [from, to] of bundles) await bundle(join(root, from), join(directory, to));
  await copyFile(join(root, 'runtime/package.json'), join(directory, 'runtime/package.json'));
  const objects = variants.flatMap(({ object, foreign }) => [object, ...(foreign ? [foreign.object] : [])]);
  const copied = ['dist/attacks', 'node_modules/koffi', 'node_modules/@koromix'];
  return [
    { from: directory, to: '/tracee' },
    ...copied.map((part) => ({ from: join(root, part), to: `/tracee/${part}` })),
    ...[...new Set(objects)].map((object) => ({ from: object, to: inGuest(object) })),
  ];
}

/** The script that runs the tests once for each variant and says how each run ended. */
export function guestScript(variants: readonly PreparedVariant[], hook: string): string {
  return variants
    .map(({ variant, object, foreign }) => {
      const env = {
        MATRIX_VARIANT: variant.name,
        EXPECT_HOOK: hook,
        TRACEE_BPF_FILE: inGuest(object),
        TRACEE_TEST_ARGS: variant.traceeArguments,
        // Each rule is tried on each kernel by make test-detection.
        TRACEE_TEST_RULES: 'TRC-2',
        ...(foreign && { FOREIGN_OBJECT: inGuest(foreign.object), FOREIGN_RELEASE: foreign.release }),
      };
      const assignments = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`);
      const end = `{"variant":${JSON.stringify(variant.name)},"status":%d}\\n`;
      return [
        `${assignments.join(' ')} node --test-reporter /tracee/test/dist/reporter.mjs /tracee/test/dist/main.mjs`,
        `printf ${quote(end)} $?`,
      ].join('\n');
    })
    .join('\n');
}

/** Objects of several kernels and kinds may have one name. */
function inGuest(object: string): string {
  return join('/objects', object.split('/').slice(-3).join('/'));
}

/** Packs a program and what it imports into one file. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  const options: BuildOptions = {
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['koffi'],
    logLevel: 'error',
    // The bundle has modules that call require, and an ES module has none by itself.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  };
  await build(options);
}
