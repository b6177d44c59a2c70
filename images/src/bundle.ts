import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The images have Node there, and the slim one no `env`. */
const interpreter = '#!/usr/bin/node';

/**
 * Writes programs of a package as they are shipped to `place/dist/cli`: all that they import, in files that they
 * share. koffi stays outside, for its native part.
 */
export async function bundle(
  packageName: 'runtime' | 'builder',
  programs: readonly string[],
  place: string,
): Promise<void> {
  const outdir = join(place, 'dist/cli');
  await build({
    absWorkingDir: root,
    entryPoints: programs.map((program) => `${packageName}/dist/cli/${program}.js`),
    ...{ outdir, bundle: true, splitting: true, platform: 'node', format: 'esm', target: 'node20' },
    ...{ minify: true, keepNames: true, legalComments: 'linked', logLevel: 'warning' },
    chunkNames: 'part-[hash]',
    external: ['koffi', 'cpu-features', '*.node'],
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  });
  for (const program of programs) {
    const file = join(outdir, `${program}.js`);
    const text = readFileSync(file, 'utf8').replace(/^#!.*/, interpreter);
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }
  cpSync(join(root, packageName, 'package.json'), join(place, 'package.json'));
}
