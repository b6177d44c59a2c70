import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { execa } from 'execa';
import type { Engine } from '../docker/dist/engine.js';

/** One layer of an image, as a registry has it. */
export interface Layer {
  /** What it brings, by a file that it has. */
  readonly what: string;
  readonly sizeBytes: number;
  readonly compressedBytes: number;
  /** Paths of files and directories, without a slash at either end. */
  readonly paths: readonly string[];
}

const marks: readonly [path: string, what: string][] = [
  ['tracee/falcosidekick', 'falcosidekick'],
  ['tracee/bpf', 'builder'],
  ['tracee/dist', 'runtime'],
  ['usr/bin/clang-14', 'clang, Node.js, libbpf'],
  ['usr/lib/llvm-14', 'clang, Node.js, libbpf'],
  ['usr/bin/node', 'Node.js, libbpf'],
  ['etc/debian_version', 'base'],
];

/** The layers of an image from the lowest on. */
export async function measureLayers(engine: Engine, image: string): Promise<Layer[]> {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-layers-'));
  try {
    const archive = join(directory, 'image.tar');
    await engine.docker('save', '--output', archive, image);
    await execa('tar', ['-xf', archive, '-C', directory]);
    const [{ Layers: files }] = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as [
      { Layers: string[] },
    ];
    const layers: Layer[] = [];
    for (const file of files) layers.push(await measure(join(directory, file)));
    return layers;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(file: string): Promise<Layer> {
  const { stdout } = await execa('tar', ['-tf', file], { maxBuffer: 64 * 1024 * 1024 });
  const paths = stdout.split('\n').map((path) => path.replaceAll(/^\.?\/|\/$/g, ''));
  const what = marks.find(([path]) => paths.includes(path))?.[1] ?? 'packages and places';
  let compressedBytes = 0;
  for await (const chunk of createReadStream(file).pipe(createGzip())) {
    compressedBytes += (chunk as Buffer).length;
  }
  return { what, sizeBytes: statSync(file).size, compressedBytes, paths };
}

/** `Node.js, libbpf: 89.3 MiB, 33.9 MiB compressed` */
export function describeLayer({ what, sizeBytes, compressedBytes }: Layer): string {
  return `${what}: ${mebibytes(sizeBytes)}, ${mebibytes(compressedBytes)} compressed`;
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
