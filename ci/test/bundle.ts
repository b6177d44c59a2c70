import { build } from 'esbuild';

/** Makes one file of a program with all that it imports, for a guest; without packages that it does not reach there. */
export async function bundle(from: string, outfile: string, absent: readonly string[] = []): Promise<void> {
  await build({
    entryPoints: [from],
    ...{
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      minify: true,
      logLevel: 'error',
    },
    // Native parts: koffi is brought along, what dockerode could use is not needed here.
    external: ['koffi', 'cpu-features', '*.node', ...absent],
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  });
}
