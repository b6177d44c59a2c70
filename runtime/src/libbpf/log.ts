import koffi from 'koffi';
import { libbpf, libc, type Pointer } from './native.js';

/** libbpf passes the whole log of the verifier in one message: whose it is at the beginning, the verdict at the end. */
const mostKept = { head: 1 << 10, tail: 1 << 20 };

/** Messages of levels warn and info; debug messages are left out, since they cost a format each. */
const debugLevel = 2;

let lines: string[] = [];
let isInstalled = false;

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
    const text: [Pointer | null] = [null];
    const size = Number(libc('vasprintf')(text, format, args));
    if (size <= 0 || text[0] === null) return size;
    lines.push(textAt(text[0], size));
    libc('free')(text[0]);
    return size;
  }, koffi.pointer(prototype));
  libbpf('libbpf_set_print')(callback);
  isInstalled = true;
}

/** Of what is too long to keep the middle is left out, in whole lines: `libbpf: … BEGIN`, `[71 bytes left out]`, the end. */
function textAt(address: Pointer, size: number): string {
  const bytes = Buffer.from(koffi.view(address, size).slice(0));
  if (size <= mostKept.head + mostKept.tail) return bytes.toString('utf8');
  const from = bytes.lastIndexOf('\n', mostKept.head) + 1;
  const to = bytes.indexOf('\n', size - mostKept.tail) + 1;
  const leftOut = `[${to - from} bytes left out]\n`;
  return `${bytes.toString('utf8', 0, from)}${leftOut}${bytes.toString('utf8', to)}`;
}
