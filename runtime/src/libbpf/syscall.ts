import { libc } from './native.js';

/**
 * Makes a system call by number; arguments four and five are numbers, the others pointers (strings, null or
 * addresses as bigint). The result is -1 for a call that failed, as the C library has it.
 */
export function callKernel(
  number: number,
  a: string | bigint | null,
  b: string | bigint | null = null,
  c: string | bigint | null = null,
  d = 0,
  e = 0,
): number {
  return Number(libc('syscall')(number, cString(a), cString(b), cString(c), d, e));
}

function cString(value: string | bigint | null): Buffer | bigint | null {
  return typeof value === 'string' ? Buffer.from(`${value}\0`) : value;
}
