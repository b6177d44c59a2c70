import { basename, dirname, extname } from 'node:path';
import { build } from 'esbuild';

/**
 * Makes one file of a program with all that it always needs, for a guest. What it only sometimes imports lies
 * beside it: an emulated processor reads a megabyte of source in seconds.
 */
export async function bundle(from: string, outfile: string): Promise<void> {
  const extension = extname(outfile);
  await build({
    entryPoints: [{ in: from, out: basename(outfile, extension) }],
    ...{ outdir: dirname(outfile), outExtension: { '.js': extension } },
    ...{ bundle: true, splitting: true, minify: true },
    ...{ platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' },
    // Native parts: koffi is brought along, what dockerode could use is not needed here.
    external: ['koffi', 'cpu-features', '*.node'],
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  });
}
