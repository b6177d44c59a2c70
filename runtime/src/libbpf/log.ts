import koffi from 'koffi';
import { libbpf, libc } from './native.js';

/** Verifier logs reach libbpf's printer in one piece; what is longer is cut by vsnprintf. */
const messageSize = 1 << 20;

/** Messages of levels warn and info; debug messages are left out, since they cost a format each. */
const debugLevel = 2;

let lines: string[] = [];
let isInstalled = false;
const buffer = Buffer.alloc(messageSize);

/**
 * Runs a call to libbpf and returns its result with everything that libbpf said meanwhile. Nothing of it
 * reaches the terminal.
 */
export function capture<T>(call: () => T): { result: T; log: string } {
  install();
  lines = [];
  const result = call();
  const log = lines.join('');
  lines = [];
  return { result, log };
}

/** Installed once and for ever: libbpf keeps the callback's address. */
function install(): void {
  if (isInstalled) return;
  const prototype = koffi.proto('int LibbpfPrint(int level, const char *format, void *args)');
  const callback = koffi.register((level: number, format: string, args: unknown): number => {
    if (level >= debugLevel) return 0;
    const size = Number(libc('vsnprintf')(buffer, messageSize, format, args));
    lines.push(buffer.toString('utf8', 0, Math.min(size, messageSize - 1)));
    return size;
  }, koffi.pointer(prototype));
  libbpf('libbpf_set_print')(callback);
  isInstalled = true;
}
