import koffi from 'koffi';

const exclusiveNow = 2 | 4; // LOCK_EX | LOCK_NB

type Flock = (descriptor: number, operation: number) => number;

let flock: Flock | undefined;

/**
 * Locks an open file for as long as it stays open, however its holder ends. It holds across containers that share
 * the file, where process ids say nothing. False where another has it.
 */
export function tryLock(descriptor: number): boolean {
  flock ??= koffi.load('libc.so.6').func('int flock(int fd, int operation)') as Flock;
  return flock(descriptor, exclusiveNow) === 0;
}
