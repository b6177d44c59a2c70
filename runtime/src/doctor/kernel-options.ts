import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** The configuration that a kernel was built with. */
export interface KernelOptions {
  readonly path: string;
  /** `y`, `m`, or what else it is set to; `undefined` where it is not set. */
  readonly get: (option: string) => string | undefined;
}

/** Where kernels and distributions keep it; the last is in header trees. */
const places = (release: string): string[] => [
  '/proc/config.gz',
  `/boot/config-${release}`,
  `/lib/modules/${release}/config`,
  `/usr/lib/modules/${release}/config`,
  `/lib/modules/${release}/build/.config`,
  `/lib/modules/${release}/build/include/config/auto.conf`,
  `/usr/src/linux-headers-${release}/include/config/auto.conf`,
];

/** The first that can be read, if any. `root` is for tests. */
export function readKernelOptions(release: string, root = ''): KernelOptions | undefined {
  for (const place of places(release)) {
    const text = read(`${root}${place}`);
    if (text !== undefined && /^CONFIG_\w+=/m.test(text))
      return { path: `${root}${place}`, get: lookUp(text) };
  }
  return undefined;
}

/** `CONFIG_BPF=y`, `# CONFIG_KPROBES is not set` */
function lookUp(text: string): KernelOptions['get'] {
  const options = new Map([...text.matchAll(/^(CONFIG_\w+)=(.*)$/gm)].map((match) => [match[1], match[2]]));
  return (option) => options.get(option);
}

function read(path: string): string | undefined {
  try {
    const bytes = readFileSync(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
  } catch {
    return undefined; // not there, not for this user, or damaged: the next place is as good
  }
}
